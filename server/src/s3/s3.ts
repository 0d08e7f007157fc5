// The S3 port: what operations need of S3.

import type { ChecksumKind, StoredPart } from '../protocol.js'
import type { AdditionalKind } from '../rules/checksums.js'
import type { ObjectHeaders } from '../rules/object-headers.js'
import type { ListedObject } from './list-objects.js'
import type { ListedUpload } from './list-uploads.js'

export interface ObjectAddress {
  bucket: string
  key: string
}

export interface UploadAddress extends ObjectAddress {
  uploadId: string
}

/** A multipart upload that has just begun. */
export interface CreatedUpload {
  uploadId: string
  /** Whether its parts' ETags will be their MD5. */
  md5Etags: boolean
}

/** What the object has to be once it is complete, for S3 to verify. */
export interface WholeObject {
  /** Bytes. */
  size: number
  checksum?: { kind: AdditionalKind; value: string } | undefined
}

/** An object as S3 describes it. */
export interface ObjectHead {
  size: number
  etag: string
  /** Content type; `''` when S3 tells none. */
  type: string
  /** As stored, with the upload's own entry. */
  metadata: Record<string, string>
  /** UUID of the Partway upload that made the object. */
  id: string | undefined
  /** Whether the ETag is the object's MD5. It is not where S3 encrypts with KMS. Missing: S3 has not told. */
  md5Etag?: boolean
}

/** Failures that operations decide on are results; all others are thrown, as `PartwayError` where known. */
export interface S3 {
  /** @param checksum that every part will have */
  createMultipartUpload(
    object: ObjectAddress,
    headers: ObjectHeaders,
    checksum?: ChecksumKind,
  ): Promise<CreatedUpload>
  /** Unfinished ones whose keys start with `prefix`: all pages, or as many as it takes to have 2,000. */
  listUploads(bucket: string, prefix: string, signal: AbortSignal): Promise<ListedUpload[]>
  /** All pages. `undefined`: S3 knows no such upload (any more). */
  listParts(upload: UploadAddress, signal?: AbortSignal): Promise<StoredPart[] | undefined>
  /**
   * @returns whether S3 says that it completed; if not, the upload is gone or it failed halfway
   */
  completeMultipartUpload(upload: UploadAddress, parts: StoredPart[], whole: WholeObject): Promise<boolean>
  /** @returns `false`: S3 knows no such upload (any more) */
  abortMultipartUpload(upload: UploadAddress): Promise<boolean>
  /** `undefined`: there is no such object. */
  headObject(object: ObjectAddress): Promise<ObjectHead | undefined>
  /** By key, those that start with `prefix`, as far as one page goes; none where S3 refuses to list them. */
  listObjects(bucket: string, prefix: string): Promise<ReadonlyMap<string, ListedObject>>
  /** The first `length` bytes, or all if there are fewer. @param etag of the object, so that it is the one meant */
  readStart(object: ObjectAddress, length: number, etag: string): Promise<Uint8Array>
  /**
   * @param etag of the object that is meant, where another one may have taken its place; not all stores heed it
   * @returns `false`: another one has
   */
  deleteObject(object: ObjectAddress, etag?: string): Promise<boolean>
}
