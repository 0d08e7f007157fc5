// A new multipart upload on S3 that does not outlive a failure to tell the page about it.

import { clientGone } from '../client-gone.js'
import type { AllowedUpload } from '../rules/authorize.js'
import type { UploadAddress } from '../s3/s3.js'
import type { Service } from '../service.js'

/** @param use makes the reply; if it or the host's `onCreate` fails, the upload is aborted */
export async function withMultipartUpload<Reply>(
  { s3, notify, signal }: Service,
  upload: AllowedUpload,
  use: (address: UploadAddress) => Promise<Reply>,
): Promise<Reply> {
  const { bucket, key, headers } = upload
  const address = { bucket, key, uploadId: await s3.createMultipartUpload({ bucket, key }, headers) }
  try {
    const reply = await use(address)
    if (signal.aborted) throw clientGone()
    await notify.created(upload)
    return reply
  } catch (error) {
    // The first failure is the one to report; what cannot be aborted is left to the bucket's lifecycle rule.
    await s3.abortMultipartUpload(address).catch(() => {})
    throw error
  }
}
