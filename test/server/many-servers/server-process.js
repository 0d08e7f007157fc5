// A host app as a process of its own: node server-process.js '{"options": {}, "valkeyPort": 6379, "holdComplete": true}'
// Tells its port. On SIGTERM it stops as a host should, and ends by itself once nothing is left to do. With
// `holdComplete`, each `onComplete` tells `completing` and waits for a message.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { partway } from '@partway/koa'
import { Redis } from 'ioredis'
import Koa from 'koa'

const { options, valkeyPort, holdComplete } = JSON.parse(process.argv[2])
const redis = valkeyPort && new Redis(valkeyPort, '127.0.0.1')
const hold = async () => {
  process.send('completing')
  await once(process, 'message')
}
const uploads = partway({
  ...options,
  owner: (ctx) => ctx.get('x-user') || undefined,
  ...(redis && { quota: { ...options.quota, redis } }),
  ...(holdComplete && { onComplete: hold }),
})
const app = new Koa()
app.silent = true
// As a host's session that is saved after the call.
app.use(async (_, next) => {
  await next()
  await setImmediate()
})
app.use(uploads)
const server = createServer(app.callback()).listen(0, '127.0.0.1')

process.once('SIGTERM', async () => {
  const closed = uploads.close()
  process.send('closing')
  await closed
  // Cuts what is not answered by now.
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
  await redis?.quit()
  process.channel.unref()
})
// The test run is gone.
process.once('disconnect', () => process.exit())

await once(server, 'listening')
process.send(server.address().port)
