// Sends one part as a page does, to a URL of the middleware's own presigner.
import type { UploadAddress } from '../../s3/s3.js'
import type { PageReply } from './page.js'
import type { Probe } from './probe.js'

export interface PartHeaders {
  /** Signed, so that they have to be sent. Lower-case names. */
  signed?: Record<string, string>
  unsigned?: Record<string, string>
}

export async function sendPart(
  { presigner, page }: Probe,
  upload: UploadAddress,
  body: Uint8Array,
  { signed = {}, unsigned = {} }: PartHeaders = {},
): Promise<PageReply> {
  const wanted = { partNumber: 1, contentLength: body.length, headers: signed }
  const [part] = await presigner.signParts(upload, [wanted])
  return await page.put(part?.url ?? '', body, { ...part?.headers, ...unsigned })
}
