// What a quota needs besides its numbers: an app, and a client of Redis, which connects when it is first asked.
import type { PartwayOptions } from '@partway/koa'
import { Redis as RealRedis } from 'ioredis'
import { expect } from 'vitest'
import { AdaApp, mountIn } from '../../code/ada-app.js'

export class Redis extends RealRedis {
  constructor(url = '') {
    super(url, { lazyConnect: true })
  }
}

const host = new AdaApp()
export const partway = mountIn(host)
export const options: PartwayOptions = { bucket: 'media', owner: () => 'ada' }

export async function check(): Promise<void> {
  const { body } = await host.ask('/uploads/config')
  expect(body).toMatchObject({ limits: { maxFileSize: 100 * 1024 ** 3 } })
}
