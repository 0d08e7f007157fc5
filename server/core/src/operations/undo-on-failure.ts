// Steps of a creation that are undone when a later one fails: the quota reservation, and the multipart upload on S3.
import type { Entry } from '../journal/entry.js'
import type { ChecksumKind } from '../protocol.js'
import type { AllowedUpload } from '../rules/authorize.js'
import type { CreatedUpload, UploadAddress } from '../s3/s3.js'
import type { Service } from '../service.js'

/** The fields of an entry that describe its call, and the folder of the owner's entries. */
export type Beginning = Omit<Entry, 'uploads' | 'joined'> & { folder: string }

/** @throws PartwayError `quota_exceeded`, `too_many_unfinished`, `quota_unavailable`, or what `create` throws */
export async function withReservation<Reply>(
  { quota }: Service,
  { owner, id, bytes }: { owner: string; id: string; bytes: number },
  create: () => Promise<Reply>,
): Promise<Reply> {
  await quota.reserve(owner, id, bytes)
  try {
    return await create()
  } catch (error) {
    // The page gets no grant, so it cannot upload the file.
    await quota.release(owner, id)
    throw error
  }
}

/**
 * @param checksum that every part will have
 * @param use records the upload; if it or the host's `onCreate` fails, the upload is aborted
 */
export async function withMultipartUpload<Reply>(
  { s3 }: Service,
  { bucket, key, headers }: AllowedUpload,
  checksum: ChecksumKind | undefined,
  use: (created: UploadAddress & CreatedUpload) => Promise<Reply>,
): Promise<Reply> {
  const object = { bucket, key }
  const created = { ...object, ...(await s3.createMultipartUpload(object, headers, checksum)) }
  try {
    return await use(created)
  } catch (error) {
    // Report the first failure; the bucket's lifecycle rule removes what cannot be aborted.
    await s3.abortMultipartUpload(created).catch(() => {})
    throw error
  }
}
