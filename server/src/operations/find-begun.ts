// An owner's unfinished uploads of a mount, read off S3 alone: the server keeps no list of them.
import { type DefaultKey, readDefaultKey } from '../rules/object-key.js'
import type { ListedUpload } from '../s3/list-uploads.js'
import type { Service } from '../service.js'
import { secondsNow } from '../tickets/ticket.js'

/** Whose uploads, and where. */
export interface UploadPlace {
  owner: string
  bucket: string
  /** Of the owner's default keys. */
  keyPrefix: string
}

/** Neither completed nor aborted, and young enough for a ticket. */
export type BegunUpload = ListedUpload & DefaultKey & { bucket: string; owner: string }

/**
 * @param idPrefix what their ids start with
 * @throws PartwayError what S3 failed with
 */
export async function findBegun(
  { s3, signal, rules }: Service,
  { owner, bucket, keyPrefix }: UploadPlace,
  idPrefix = '',
): Promise<BegunUpload[]> {
  const listed = await s3.listUploads(bucket, keyPrefix + idPrefix, signal)
  return listed.flatMap((upload) => {
    const name = readDefaultKey(keyPrefix, upload.key)
    const isGood = upload.initiatedAt + rules.ticketExpiresInSeconds > secondsNow()
    return name && isGood ? [{ ...upload, ...name, bucket, owner }] : []
  })
}
