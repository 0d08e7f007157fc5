// The S3 port: what operations need from S3.

import type { ChecksumKind, StoredPart } from '../protocol.js'
import type { ObjectHeaders } from '../rules/object-headers.js'

export interface ObjectAddress {
  bucket: string
  key: string
}

export interface UploadAddress extends ObjectAddress {
  uploadId: string
}

/** A multipart upload that was just created. */
export interface CreatedUpload {
  uploadId: string
  /** Whether its parts' ETags will be their MD5. */
  md5Etags: boolean
}

/** A part as S3 lists it. */
export interface ListedPart extends StoredPart {
  /** Milliseconds since 1970, by S3's clock. */
  storedAt: number
}

/** The expected completed object, for S3 to verify. */
export interface WholeObject {
  /** Bytes. */
  size: number
  checksum?: { kind: 'crc64nvme'; value: string } | undefined
}

/** An object as S3 describes it. */
export interface ObjectHead {
  size: number
  etag: string
  /** Milliseconds since 1970, by S3's clock. */
  storedAt: number
  /** Content type; `''` when S3 gives none. */
  type: string
  /** As stored, including `partway-id`. */
  metadata: Record<string, string>
  /** UUID of the Partway upload that made the object. */
  id: string | undefined
  /** Checksum of all its bytes, in Base64, if requested and S3 keeps one. */
  crc64nvme?: string
  /** Whether the ETag is the object's MD5. It is not where S3 encrypts with KMS. Missing: unknown. */
  md5Etag?: boolean
}

/** An object in a list. */
export interface ListedKey {
  key: string
  /** Milliseconds since 1970, by S3's clock. */
  modifiedAt: number
}

/** There is no object at this key, or the one with this ETag. */
export type PutCondition = 'new' | { etag: string }

/** A small object. */
export interface StoredText {
  body: string
  etag: string
  /** Milliseconds since 1970, by S3's clock. */
  storedAt: number
}

/** The fields of an object that a list shows. */
export interface ListedObject {
  /** Bytes. */
  size: number
  etag: string
}

export interface ObjectsPage {
  objects: ListedKey[]
  isLast: boolean
}

/** Failures that operations handle are results; all others are thrown, as `PartwayError` where known. */
export interface S3 {
  /** @param checksum that every part will have */
  createMultipartUpload(
    object: ObjectAddress,
    headers: ObjectHeaders,
    checksum?: ChecksumKind,
  ): Promise<CreatedUpload>
  /** All pages. `undefined`: S3 knows no such upload (any more). */
  listParts(upload: UploadAddress, signal?: AbortSignal): Promise<ListedPart[] | undefined>
  /**
   * @returns whether S3 says that it completed; if not, the upload is gone or it failed halfway
   */
  completeMultipartUpload(upload: UploadAddress, parts: StoredPart[], whole: WholeObject): Promise<boolean>
  /** @returns `false`: S3 knows no such upload (any more) */
  abortMultipartUpload(upload: UploadAddress): Promise<boolean>
  /** With the checksum only on request: with KMS that takes one more permission. `undefined`: there is no such object. */
  headObject(object: ObjectAddress, withChecksum?: boolean): Promise<ObjectHead | undefined>
  /** One page of the objects whose keys start with `prefix`, by key; none if S3 refuses to list them. */
  listObjects(bucket: string, prefix: string): Promise<ReadonlyMap<string, ListedObject>>
  /** A page of 1,000 objects whose keys start with `prefix`, in key order. @param after lists only keys after this one */
  listPage(bucket: string, prefix: string, after?: string): Promise<ObjectsPage>
  /**
   * Writes a small object. A store without such conditions (OpenStack Swift) writes it unconditionally.
   *
   * @returns `false` if the condition does not hold
   */
  put(object: ObjectAddress, body: string, condition: PutCondition): Promise<boolean>
  /** Reads all of a small object. `undefined`: there is none. */
  read(object: ObjectAddress): Promise<StoredText | undefined>
  /** The first `length` bytes, or all if there are fewer. @param etag of the intended object */
  readStart(object: ObjectAddress, length: number, etag: string): Promise<Uint8Array>
  /**
   * @param etag of the intended object, where another one may have replaced it; not all stores honor it
   * @returns `false` if another one has
   */
  deleteObject(object: ObjectAddress, etag?: string): Promise<boolean>
}
