// A small file in one request: a form POST, or a PUT where the store has no forms.
import type { FormGrant, PutGrant } from '@partway/koa/protocol'
import { type Answer, send, type Transfer } from './send.js'

/** From this size on, progress and stall detection are worth a preflight (one for the bucket's URL, cached). */
const WATCHED_BYTES = 1024 * 1024

/** Sends all of `data`. */
export function sendForm(
  grant: FormGrant | PutGrant,
  data: Blob,
  { onProgress, ...transfer }: Pick<Transfer, 'signal' | 'stallTimeoutMs' | 'onProgress'>,
): Promise<Answer> {
  const { url } = grant
  const size = data.size
  if (grant.kind === 'put') {
    // A PUT has a preflight anyway.
    return send({ ...transfer, method: 'PUT', url, headers: grant.headers, body: data, size, onProgress })
  }
  const body = new FormData()
  for (const [name, value] of Object.entries(grant.fields)) body.append(name, value)
  // S3 ignores what comes after the file.
  body.append('file', data, 'file')
  return send({
    ...transfer,
    method: 'POST',
    url,
    body,
    size,
    onProgress: size < WATCHED_BYTES ? undefined : onProgress,
  })
}
