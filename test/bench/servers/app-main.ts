// An app server in a process of its own: it is told by IPC what to be, and tells by IPC what it uses.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { send } from '@koa/send'
import Koa from 'koa'
import type { CreateServer, ServerSetting } from './server-setting.js'

/** What goes to the parent. */
export type FromApp = { port: number } | { failure: string } | { usage: AppUsage }

/** What the process has used since its start. */
export interface AppUsage {
  cpuMs: number
  /** Requests to its routes. */
  calls: number
  rssBytes: number
  /** After a garbage collection, if one was asked for. */
  heapBytes: number
}

/** What comes from the parent. */
export type ToApp = { setting: ServerSetting } | { usage: 'now' | 'afterCollection' }

let calls = 0

async function start(setting: ServerSetting): Promise<number> {
  const { default: create } = (await import(`./${setting.kind}-server.js`)) as { default: CreateServer }
  const answer = await create(setting)
  const site = new Koa().use((ctx) => send(ctx, ctx.path, { root: setting.pageFolder, index: 'index.html' }))
  const page = site.callback()
  const server = createServer((request, response) => {
    const isCall = request.url?.startsWith('/uploads')
    if (isCall) calls++
    void (isCall ? answer : page)(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function readUsage(): AppUsage {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpuMs: (user + system) / 1000, calls, rssBytes: rss, heapBytes: heapUsed }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

const tell = (message: FromApp) => process.send?.(message)

process.on('message', (message: ToApp) => {
  if ('setting' in message) {
    start(message.setting).then(
      (port) => tell({ port }),
      (error) => tell({ failure: String(error) }),
    )
  } else {
    if (message.usage === 'afterCollection') collectGarbage()
    tell({ usage: readUsage() })
  }
})
// Nobody is left to serve.
process.once('disconnect', () => process.exit())
