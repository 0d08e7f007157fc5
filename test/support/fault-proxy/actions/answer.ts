// Actions that answer in the target's place. The target learns nothing of the request.
import { STATUS_CODES } from 'node:http'
import type { Action } from '../fault.js'
import { discard } from '../reply.js'
import type { SeenRequest } from '../seen-request.js'

export interface AnswerOptions {
  /** @default none */
  headers?: Record<string, string>
  /** @default empty */
  body?: string
  /** Whether a page may read status, headers and body. @default true */
  cors?: boolean
}

/** Takes the whole body, then answers. */
export function answer(status: number, { headers = {}, body = '', cors = true }: AnswerOptions = {}): Action {
  return {
    name: `answer(${status})`,
    async apply(exchange) {
      await discard(exchange.body())
      const bytes = Buffer.from(body)
      const sent = {
        ...headers,
        ...(cors && allowReading(exchange.seen, Object.keys(headers))),
        'content-length': String(bytes.length),
      }
      await exchange.reply({
        status,
        message: STATUS_CODES[status] ?? '',
        headers: Object.entries(sent).flat(),
        body: firstChunk(bytes),
      })
    },
  }
}

/**
 * Answers as S3 does when it fails. A status of 200 is what CompleteMultipartUpload may fail with.
 *
 * @param code S3's, such as `SlowDown`
 */
export function s3Error(status: number, code: string, { headers, ...options }: AnswerOptions = {}): Action {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>From the fault proxy</Message></Error>`
  return {
    ...answer(status, { headers: { 'content-type': 'application/xml', ...headers }, body, ...options }),
    name: `s3Error(${status}, ${code})`,
  }
}

function allowReading({ headers: { origin } }: SeenRequest, names: string[]): Record<string, string> {
  if (!origin) return {}
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': names.join(', '),
    vary: 'Origin',
  }
}

async function* firstChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes
}
