// Ada has a plan: its mount knows her, and the other does not.
import { type PartwayOptions, partway } from '@partway/koa'
import type Koa from 'koa'
import { expect } from 'vitest'
import { AdaApp } from '../../code/ada-app.js'

const host = new AdaApp()
host.use(async (ctx, next) => {
  ctx.state.user.plan = 'paid'
  await next()
})
export const app: Koa = host
export const options: PartwayOptions = { bucket: 'media', owner: () => 'ada' }
export { partway }

export async function check(): Promise<void> {
  const paid = { status: 200, body: { limits: { maxFileSize: 500 * 1024 ** 3 } } }
  expect(await host.ask('/uploads/paid/config')).toMatchObject(paid)
  expect(await host.ask('/uploads/free/config')).toMatchObject({ status: 401 })
}
