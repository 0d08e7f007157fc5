// What the middleware can be mounted in: each way answers at the path that its comment names.
import http from 'node:http'
import Router from '@koa/router'
import { type PartwayOptions, partway } from '@partway/koa'
import mount from 'koa-mount'
import { expect } from 'vitest'
import { AdaApp, note } from '../../code/ada-app.js'

const host = new AdaApp()
export const app = host
export const options: PartwayOptions = { bucket: 'media', owner: (ctx) => ctx.params?.tenant ?? 'ada' }
export { http, mount, partway, Router }

export async function check(): Promise<void> {
  for (const path of ['/uploads', '/api/uploads', '/v1/api/uploads', '/v1/files/uploads']) {
    expect(await host.ask(`${path}/create`, { files: [note] }), path).toMatchObject({ status: 200 })
  }
  const { body } = await host.ask('/tenants/acme/uploads/create', { files: [note] })
  expect(body).toMatchObject({ uploads: [{ key: expect.stringMatching(/^acme\//) }] })
}
