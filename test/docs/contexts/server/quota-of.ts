// An account page, and a quota of which nothing is used up.
import { type PartwayOptions, partway } from '@partway/koa'
import type Koa from 'koa'
import { expect } from 'vitest'
import { AdaApp } from '../../code/ada-app.js'

const host = new AdaApp()
export const app: Koa = host
export const options: PartwayOptions = {
  bucket: 'media',
  owner: () => 'ada',
  quota: { files: 20, name: 'account' },
}
export { partway }

export async function check(): Promise<void> {
  expect(await host.ask('/account')).toMatchObject({ body: { files: 0, bytes: 0, unfinished: 0 } })
}
