// Actions that let the target do its work and spoil its reply.
import type { Action } from '../fault.js'
import { editHeaders } from '../reply.js'
import { nameWait, type Wait, waitFor } from './deliver.js'

/** The reply waits in the proxy before its headers go to the client. */
export function slowHeaders(wait: Wait): Action {
  return {
    name: `slowHeaders(${nameWait(wait)})`,
    async apply(exchange) {
      const reply = await exchange.forward()
      await waitFor(wait, exchange.signal)
      await exchange.reply(reply)
    },
  }
}

/** The client gets `bytes` of the reply's body, whose length is given as more, and then the connection ends. */
export function truncateReply(bytes = 0): Action {
  return {
    name: `truncateReply(${bytes})`,
    async apply(exchange) {
      const reply = editHeaders(await exchange.forward(), (headers) => {
        headers.delete('transfer-encoding')
        headers.set('content-length', String(Math.max(Number(headers.get('content-length')), bytes + 1)))
        headers.set('connection', 'close')
      })
      await exchange.reply({ ...reply, body: firstBytes(reply.body, bytes) })
    },
  }
}

/** @param edit changes the headers of the target's reply in place */
export function editReplyHeaders(edit: (headers: Headers) => void, name = 'editReplyHeaders()'): Action {
  return {
    name,
    async apply(exchange) {
      await exchange.reply(editHeaders(await exchange.forward(), edit))
    },
  }
}

/** The reply has its ETag, and a page may not read it. */
export function hideETag(): Action {
  return editReplyHeaders((headers) => {
    const exposed = headers.get('access-control-expose-headers') ?? ''
    const others = exposed.split(/\s*,\s*/).filter((name) => name && name.toLowerCase() !== 'etag')
    headers.set('access-control-expose-headers', others.join(', '))
  }, 'hideETag()')
}

/**
 * The reply's `Access-Control-Allow-Origin` is another.
 *
 * @param origin undefined: the reply has none
 */
export function allowOrigin(origin: string | undefined): Action {
  return editReplyHeaders((headers) => {
    headers.delete('access-control-allow-origin')
    if (origin !== undefined) headers.set('access-control-allow-origin', origin)
  }, `allowOrigin(${origin})`)
}

async function* firstBytes(body: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let left = limit
  if (left <= 0) return
  for await (const chunk of body) {
    const bytes = chunk.subarray(0, left)
    left -= bytes.length
    yield bytes
    if (left <= 0) return
  }
}
