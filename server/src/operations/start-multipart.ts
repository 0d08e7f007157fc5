// A new multipart upload on S3 that does not outlive a failure to tell the page about it.
import type { ObjectHeaders } from '../object-headers.js'
import type { ObjectAddress, UploadAddress } from '../s3.js'
import type { Service } from '../service.js'

/** @param use makes the reply; if it fails, the upload is aborted */
export async function withMultipartUpload<Reply>(
  { s3 }: Service,
  object: ObjectAddress,
  headers: ObjectHeaders,
  use: (upload: UploadAddress) => Promise<Reply>,
): Promise<Reply> {
  const upload = { ...object, uploadId: await s3.createMultipartUpload(object, headers) }
  try {
    return await use(upload)
  } catch (error) {
    // The first failure is the one to report; what cannot be aborted is left to the bucket's lifecycle rule.
    await s3.abortMultipartUpload(upload).catch(() => {})
    throw error
  }
}
