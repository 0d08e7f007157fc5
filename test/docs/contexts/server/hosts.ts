// An owner: one file is granted.
import type { PartwayOptions } from '@partway/koa'
import { expect } from 'vitest'
import { AdaApp, mountIn, note } from '../../code/ada-app.js'

const host = new AdaApp()
export const partway = mountIn(host)
export const owner: PartwayOptions['owner'] = () => 'ada'

export async function check(): Promise<void> {
  // The store here is not AWS: it has one name. Those of AWS are in server/s3/hosts.test.ts.
  const { body } = await host.ask('/uploads/create', { files: [note] })
  expect(body).toMatchObject({ uploads: [{ kind: 'form', url: expect.any(String) }] })
}
