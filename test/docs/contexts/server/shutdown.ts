// A process that is asked to end: the server answers what is under way, and then is closed.
import { once } from 'node:events'
import type { Server } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { type PartwayOptions, partway } from '@partway/koa'
import type Koa from 'koa'
import { expect } from 'vitest'
import { AdaApp } from '../../code/ada-app.js'

const servers: Server[] = []
const others = process.listeners('SIGTERM')

class WatchedApp extends AdaApp {
  override listen(): Server {
    const server = super.listen()
    servers.push(server)
    return server
  }
}

const host = new WatchedApp()
export const app: Koa = host
export const options: PartwayOptions = { bucket: 'media', owner: () => 'ada' }
export { partway, setTimeout }

export async function check(): Promise<void> {
  const [server] = servers
  const [end] = process.listeners('SIGTERM').filter((listener) => !others.includes(listener))
  if (!server || !end) throw new Error('There is no server, or nothing that ends it')
  process.off('SIGTERM', end)
  const closed = once(server, 'close')
  end('SIGTERM')
  await closed
  expect(await host.ask('/uploads/config')).toMatchObject({ status: 503, body: { code: 'shutting_down' } })
}
