// A host app in which ada is signed in: what most snippets of the server put the middleware into.
import type { RequestListener, Server } from 'node:http'
import { partway } from '@partway/koa'
import Koa from 'koa'
import { type Answer, call, secrets, serve } from '../../server/serve.js'
import { withBucket } from './with-bucket.js'

/** Routes of the middleware are asked as ada, too. */
export class AdaApp extends Koa {
  constructor() {
    super({ keys: secrets })
    this.use(async (ctx, next) => {
      ctx.state.user = { id: 'ada' }
      await next()
    })
  }

  /** On a port that is free, whatever the snippet asks for. */
  override listen(): Server {
    return super.listen(0, '127.0.0.1')
  }

  /** @see askAsPage */
  async ask<Body>(path: string, body?: object): Promise<Answer<Body>> {
    return await askAsPage<Body>(this.callback(), path, body)
  }
}

/** Asks an app, as a page does: with a POST if there is a body. What it grants, it writes down in the bucket `media`. */
export async function askAsPage<Body>(
  app: RequestListener,
  path: string,
  body?: object,
): Promise<Answer<Body>> {
  const host = await serve(app)
  const headers = { 'content-type': 'application/json' }
  const post = { method: 'POST', headers, body: JSON.stringify(body) }
  try {
    const ask = () => call<Body>(host.origin + path, body ? post : {})
    return await (body || path.includes('/params') ? withBucket('media', ask) : ask())
  } finally {
    await host.close()
  }
}

/** A file, as a page describes it. */
export const note = { name: 'a.txt', type: 'text/plain', size: 5 }

/** Mounts what a snippet only makes, in place of what another snippet has made. */
export function mountIn(app: Koa): typeof partway {
  let earlier: unknown
  return (options) => {
    const uploads = partway(options)
    app.middleware = app.middleware.filter((middleware) => middleware !== earlier)
    app.use(uploads)
    earlier = uploads
    return uploads
  }
}
