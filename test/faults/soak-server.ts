// A host app of the soak, as a process of its own that may end at any moment. It looks at the journal again and again, and notes what
// it grants and what it hears of.
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { partway } from '@partway/koa'
import { Redis } from 'ioredis'
import Koa from 'koa'
import { setClock } from './clock.js'
import { createOptions, type SoakSetting } from './soak-options.js'

const setting = JSON.parse(process.argv[2] ?? '') as SoakSetting
setClock(setting.clock)
const note = (...words: string[]) => appendFileSync(setting.notes, `${words.join(' ')}\n`)
const redis = new Redis(setting.valkeyPort, '127.0.0.1')
const uploads = partway(createOptions(setting, redis, note))

const app = new Koa()
app.on('error', (error: Error) => note('error', error.message.replace(/\s+/g, ' ')))
app.use(async (ctx, next) => {
  await next()
  if (!ctx.path.endsWith('/create')) return
  const { uploads: grants = [] } = ctx.body as { uploads?: { key?: string }[] }
  for (const { key } of grants) if (key) note('granted', key)
})
app.use(uploads)
const server = createServer(app.callback()).listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.once('disconnect', () => process.exit())

async function lookForEver(): Promise<never> {
  for (;;) {
    await uploads.finish().catch((error: unknown) => note('error', String(error)))
    await delay(300)
  }
}
// From when on it serves.
process.once('message', () => void lookForEver())
