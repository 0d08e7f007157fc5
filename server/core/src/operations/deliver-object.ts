// The last steps of every upload: settle the quota, verify the content, notify the host.
import type { UploadedObject } from '../hooks.js'
import type { CompletedUpload } from '../protocol.js'
import { decodeMetadata } from '../rules/object-headers.js'
import type { ObjectHead } from '../s3/s3.js'
import type { Service } from '../service.js'
import type { Ticket } from '../tickets/ticket.js'

/** The fields of an upload that delivery needs. */
export type EndedUpload = Pick<Ticket, 'id' | 'owner' | 'bucket' | 'key' | 'issuedAt'>

/**
 * @throws PartwayError `content_mismatch`, `content_refused` or the host's own code: the object is deleted;
 * `hook_failed`, or a `PartwayError` of `onComplete`: the object stays, and completing again runs the hooks again
 */
export async function deliverObject(
  { s3, presigner, quota, verify, notify }: Service,
  ticket: EndedUpload,
  { size, etag, type, metadata }: ObjectHead,
): Promise<CompletedUpload> {
  const { id, owner, bucket, key, issuedAt } = ticket
  const object: UploadedObject = {
    id,
    owner,
    bucket,
    key,
    size,
    etag,
    type,
    metadata: decodeMetadata(metadata),
  }
  await quota.finish(owner, id, size)
  const refusal = await verify?.(object)
  if (refusal) {
    await s3.deleteObject(ticket)
    refusal.deleted = true
    throw refusal
  }
  const location = await presigner.locate(ticket)
  const body = await notify.completed(object, location, issuedAt)
  return { location, key, size, etag, ...(body && { body }) }
}
