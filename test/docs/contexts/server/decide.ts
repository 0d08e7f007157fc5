// An app that mounts what a snippet decides: a page learns of it.
import type { PartwayOptions } from '@partway/koa'
import { expect } from 'vitest'
import { AdaApp, mountIn } from '../../code/ada-app.js'

const host = new AdaApp()
export const partway = mountIn(host)
export const options: PartwayOptions = { bucket: 'media', owner: () => 'ada' }

export async function check(): Promise<void> {
  expect(await host.ask('/uploads/config')).toMatchObject({ status: 200, body: { checksum: 'md5' } })
}
