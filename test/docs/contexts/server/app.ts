// An app to mount the middleware in: it grants an upload.
import type Koa from 'koa'
import { expect } from 'vitest'
import { AdaApp, note } from '../../code/ada-app.js'

const host = new AdaApp()
export const app: Koa = host

export async function check(): Promise<void> {
  const { body } = await host.ask('/uploads/create', { files: [note] })
  expect(body).toMatchObject({ uploads: [{ kind: 'form', key: expect.stringMatching(/^ada\//) }] })
}
