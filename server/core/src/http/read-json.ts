// The JSON body of a request, whether or not the host app has parsed it already.
import coBody from 'co-body'
import type { Context } from 'koa'
import { PartwayError } from '../errors.js'

const MAX_BODY_BYTES = 1024 ** 2

interface Parsed {
  body?: unknown
}

/** @throws PartwayError `unsupported_media_type`, `body_too_large`, `invalid_json` */
export async function readJson(ctx: Context): Promise<unknown> {
  // Only JSON: a page of another site cannot send that type without asking the server first (CORS preflight).
  if (ctx.request.type !== 'application/json') {
    throw new PartwayError('unsupported_media_type', 'Send the body as application/json.')
  }
  // Koa's parsers leave the body on Koa's request, Express's on Node's. Express 4 has an empty object there, too, for a body
  // that none of its parsers has read.
  const readByExpress = ctx.req.readableEnded ? (ctx.req as Parsed).body : undefined
  const { body = readByExpress } = ctx.request as Parsed
  if (body !== undefined) return body
  // Unpacking goes on when the reading of it has ended: its failure then ends the process, and its pause the call never.
  if (!['', 'identity'].includes(ctx.get('Content-Encoding'))) {
    throw new PartwayError('unsupported_media_type', 'Send the body without a Content-Encoding.')
  }
  try {
    return await coBody.json(ctx.req, { limit: MAX_BODY_BYTES })
  } catch (error) {
    // What is left unread would block the connection for the client's next request.
    ctx.req.resume()
    throw toPartwayError(error)
  }
}

function toPartwayError(error: unknown): PartwayError {
  const { status } = error as { status?: number }
  if (status === 413) {
    return new PartwayError('body_too_large', `The body may have at most ${MAX_BODY_BYTES} bytes.`)
  }
  if (status === 415)
    return new PartwayError('unsupported_media_type', 'Send the body without that encoding.')
  return new PartwayError('invalid_json', 'The body must be a JSON object.', { cause: error })
}
