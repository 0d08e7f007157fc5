// The JSON body of a request, whether or not the host app has parsed it already.
import { PartwayError } from '../errors.js'
import type { HttpCall } from './adapter.js'

const MAX_BODY_BYTES = 1024 ** 2

/** @throws PartwayError `unsupported_media_type`, `body_too_large`, `invalid_json` */
export async function readJson({
  header,
  body,
}: Pick<HttpCall<unknown>, 'header' | 'body'>): Promise<unknown> {
  // Only JSON: a page of another site cannot send that type without a CORS preflight.
  if (header('Content-Type').split(';')[0] !== 'application/json') {
    throw new PartwayError('unsupported_media_type', 'Send the body as application/json.')
  }
  if ('parsed' in body) return body.parsed
  if (!['', 'identity'].includes(header('Content-Encoding'))) {
    throw new PartwayError('unsupported_media_type', 'Send the body without a Content-Encoding.')
  }
  const declared = header('Content-Length')
  try {
    const bytes = await readBytes(body.stream, Number(declared))
    // The host app has already read it, or a part of it.
    if (declared !== '' && bytes.length !== Number(declared)) throw new Error('The body is not there.')
    return parseJson(new TextDecoder().decode(bytes))
  } catch (error) {
    if (error instanceof PartwayError) throw error
    throw new PartwayError('invalid_json', 'The body must be a JSON object.', { cause: error })
  }
}

async function readBytes(stream: AsyncIterable<Uint8Array>, declared: number): Promise<Uint8Array> {
  // Not `for await`, which closes the connection if it stops early.
  const iterator = stream[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let size = 0
  const checkSize = (bytes: number) => {
    if (bytes <= MAX_BODY_BYTES) return
    // An unread rest would block the client's next request on this connection.
    drain(iterator).catch(() => {})
    throw new PartwayError('body_too_large', `The body may have at most ${MAX_BODY_BYTES} bytes.`)
  }
  checkSize(declared)
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    chunks.push(next.value)
    size += next.value.length
    checkSize(size)
  }
  return Buffer.concat(chunks)
}

async function drain(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  while (!(await iterator.next()).done);
}

function parseJson(text: string): object {
  if (text === '') return {}
  const value: unknown = JSON.parse(text, refusePrototype)
  if (typeof value === 'object' && value !== null) return value
  throw new SyntaxError('It is no object.')
}

function refusePrototype(name: string, value: unknown): unknown {
  if (name === '__proto__') throw new SyntaxError('It has a field __proto__.')
  return value
}
