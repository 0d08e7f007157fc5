// A new multipart upload on S3 that does not outlive a failure to tell the page about it.

import { clientGone } from '../client-gone.js'
import type { ChecksumKind } from '../protocol.js'
import type { AllowedUpload } from '../rules/authorize.js'
import type { CreatedUpload, UploadAddress } from '../s3/s3.js'
import type { Service } from '../service.js'

/**
 * @param checksum that every part will have
 * @param use makes the reply; if it or the host's `onCreate` fails, the upload is aborted
 */
export async function withMultipartUpload<Reply>(
  { s3, notify, signal }: Service,
  upload: AllowedUpload,
  checksum: ChecksumKind | undefined,
  use: (created: UploadAddress & CreatedUpload) => Promise<Reply>,
): Promise<Reply> {
  const { bucket, key, headers } = upload
  const object = { bucket, key }
  const created = { ...object, ...(await s3.createMultipartUpload(object, headers, checksum)) }
  try {
    const reply = await use(created)
    if (signal.aborted) throw clientGone()
    await notify.created(upload)
    return reply
  } catch (error) {
    // The first failure is the one to report; what cannot be aborted is left to the bucket's lifecycle rule.
    await s3.abortMultipartUpload(created).catch(() => {})
    throw error
  }
}
