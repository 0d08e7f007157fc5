// A host app as a process of its own: node server-process.js '{"options": {}, "valkeyPort": 6379, "holdComplete": true}'
// Tells its port. On SIGTERM it stops as a host should, and ends by itself once nothing is left to do. With
// `holdComplete`, each `onComplete` tells `completing` and waits for a message.
import { once } from 'node:events'
import { createServer } from 'node:http'
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
const server = createServer(new Koa().use(uploads).callback()).listen(0, '127.0.0.1')

process.once('SIGTERM', async () => {
  const closed = uploads.close()
  process.send('closing')
  await closed
  server.close()
  await once(server, 'close')
  await redis?.quit()
  process.channel.unref()
})
// The test run is gone.
process.once('disconnect', () => process.exit())

await once(server, 'listening')
process.send(server.address().port)
