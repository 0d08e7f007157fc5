// What a project with the middleware has: a Koa app, which here sends the built pages, too.
import { createReadStream } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import {
  type CompletedObject,
  PartwayError,
  type PartwayOptions,
  partway,
  type UploadBody,
} from '@partway/koa'
import { policy } from '@partway/server/bucket'
import { type ConfigReply, MAX_PARTS } from '@partway/server/protocol'
import Koa, { type ParameterizedContext } from 'koa'

const { BUCKET: bucket = '', PAGES: pages = '' } = process.env
const options: PartwayOptions<State> = {
  bucket,
  forcePathStyle: true,
  // A variable that is not set is no option.
  endpoint: process.env.ENDPOINT,
  name: process.env.MOUNT,
  owner: (ctx) => ctx.state.user?.id ?? 'ada',
}

interface State {
  user?: { id: string }
}

const app = new Koa<State>()
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
export const fits = ({ multipartThreshold, limits }: ConfigReply) =>
  limits.maxFileSize <= multipartThreshold * MAX_PARTS

const rows: CompletedObject[] = []

/** All hooks know the state of which one speaks. */
export const uploads = partway({
  bucket,
  region: 'eu-west-1',
  path: '/videos',
  finishEverySeconds: 0,
  owner: (ctx: ParameterizedContext<State>) => ctx.state.user?.id,
  authorize: (ctx) => ctx.state.user?.id === 'ada',
  onComplete: async (upload, ctx) => ({ id: rows.push(upload), by: ctx?.state.user?.id }),
  onError(error) {
    const { message }: Error = error
    if (error instanceof PartwayError) console.log(error.code, error.status, message)
  },
})

/** What `onComplete` returns is the page's. */
export const body: UploadBody<typeof uploads> = { id: 7, by: undefined }
