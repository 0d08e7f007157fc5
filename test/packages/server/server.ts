// What a project with the middleware has: a Koa app, which here sends the built pages, too.
import { createReadStream } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { type PartwayOptions, partway } from '@partway/koa'
import { policy } from '@partway/server/bucket'
import { type ConfigReply, MAX_PARTS } from '@partway/server/protocol'
import Koa from 'koa'

const { BUCKET: bucket = '', PAGES: pages = '' } = process.env
const options: PartwayOptions = { bucket, forcePathStyle: true, owner: (ctx) => ctx.get('user') || 'ada' }

const app = new Koa()
app.keys = ['a secret of a project that is long enough']
app.use(partway(options))
app.use((ctx) => {
  ctx.type = extname(ctx.path)
  ctx.body = createReadStream(join(pages, ctx.path))
})
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`http://localhost:${(server.address() as AddressInfo).port}`)
})

/** What the server's credentials need. */
export const permissions = policy({ bucket })

/** The protocol's types and values are the package's, too. */
export const fits = ({ partSize, limits }: ConfigReply) => limits.maxFileSize <= partSize * MAX_PARTS
