// What an earlier try of the same request created, when the reply to it was lost: only the server can know of it. The page
// may not know that there was one: browsers repeat requests by themselves when a connection breaks.
import { ownerPrefix, readDefaultKey } from '../rules/object-key.js'
import { isOfSameRequest } from '../rules/upload-id.js'
import type { Service } from '../service.js'
import { abortUpload } from './abort-upload.js'
import { goesInParts, type SizedUpload } from './create-upload.js'

/**
 * Aborts uploads in parts that were created for the same request of the page.
 *
 * @param upload of this try. One that goes in a single request leaves nothing on S3 before it is sent.
 * @throws PartwayError what S3 failed with
 */
export async function abortUnheard(
  service: Service,
  { id, owner, bucket, size }: SizedUpload,
  keyPrefix: string,
): Promise<void> {
  const { s3, signal, rules } = service
  if (!goesInParts(size, rules)) return
  const prefix = ownerPrefix(keyPrefix, owner)
  for (const { key, uploadId, initiatedAt: issuedAt } of await s3.listUploads(bucket, prefix, signal)) {
    const earlier = readDefaultKey(prefix, key)
    if (earlier?.size !== size || !isOfSameRequest(earlier.id, id)) continue
    const plan = { size, partSize: rules.partSize }
    const address = { bucket, key, uploadId }
    await abortUpload(service, {
      ...address,
      ...plan,
      kind: 'multipart',
      id: earlier.id,
      owner,
      issuedAt,
      md5Etags: true,
    })
  }
}
