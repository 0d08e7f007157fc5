// The S3 port: what operations need of S3.
import type { ObjectHeaders } from './object-headers.js'
import type { StoredPart } from './protocol.js'

export interface ObjectAddress {
  bucket: string
  key: string
}

export interface UploadAddress extends ObjectAddress {
  uploadId: string
}

export interface ObjectHead {
  size: number
  etag: string
  /** UUID of the Partway upload that made the object. */
  id: string | undefined
}

/** Failures that operations decide on are results; all others are thrown, as `PartwayError` where known. */
export interface S3 {
  /** @returns S3's upload id */
  createMultipartUpload(object: ObjectAddress, headers: ObjectHeaders): Promise<string>
  /** All pages. `undefined`: S3 knows no such upload (any more). */
  listParts(upload: UploadAddress): Promise<StoredPart[] | undefined>
  /**
   * @param size of the whole object, for S3 to verify
   * @returns the object's ETag; `undefined`: S3 cannot say, because the upload is gone or it failed halfway
   */
  completeMultipartUpload(
    upload: UploadAddress,
    parts: StoredPart[],
    size: number,
  ): Promise<string | undefined>
  /** An upload that S3 does not know is no failure. */
  abortMultipartUpload(upload: UploadAddress): Promise<void>
  /** `undefined`: there is no such object. */
  headObject(object: ObjectAddress): Promise<ObjectHead | undefined>
  deleteObject(object: ObjectAddress): Promise<void>
}
