// Whether `x-amz-*` headers have to be signed: otherwise a page could copy another object into its own.
import { encodeStrictly } from '../../../s3/bucket-endpoint.js'
import type { Check } from '../check.js'
import { nameReply } from '../page.js'
import { ok, warning } from '../report.js'
import { PROBE_OBJECT } from './permissions.js'

export const signedHeaders: Check = {
  name: 'signed headers',
  needs: ['multipart'],
  async run({ presigner, page, s3, traces, bucket }) {
    const { key } = traces.object(PROBE_OBJECT)
    const source = `/${bucket}/${key.split('/').map(encodeStrictly).join('/')}`
    const upload = await traces.upload(s3, 'copied')
    // Without a length, as for Companion clients: a copy has no body.
    const [part] = await presigner.signParts(upload, [{ partNumber: 1 }])
    const reply = await page.put(part?.url ?? '', new Uint8Array(), { 'x-amz-copy-source': source })
    if (reply.status !== 200 || !reply.body.includes('<CopyPartResult')) {
      return ok(`an x-amz-copy-source that was not signed is refused (${nameReply(reply)})`)
    }
    return warning(
      'an x-amz-copy-source that was not signed is taken: with a URL to PUT to, a page can have another object copied into its own',
      "Give the option `signingClient` a user that may do s3:PutObject and not read, if Companion clients or `singleUpload: 'put'` are used; @partway/uppy with forms is safe.",
    )
  },
}
