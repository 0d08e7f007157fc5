// What the store keeps about buckets, objects, uploads and parts, as it lies in the JSON files.
import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../bodies/checksums.js'
import type { CorsRule } from '../cors.js'
import type { LifecycleRule } from '../lifecycle.js'

export interface BucketRecord {
  name: string
  /** ISO 8601, as all dates here. */
  created: string
  corsRules?: CorsRule[]
  lifecycleRules?: LifecycleRule[]
}

/** A run of an object's bytes: one file of the bucket's data folder. */
export interface Segment {
  dataId: string
  size: number
}

/** What the client said about an object and gets back with it. */
export interface Description {
  /** Content-Type, Cache-Control and the like, by lower-case name. */
  headers: Record<string, string>
  /** `x-amz-meta-*`, by the name after the prefix. */
  metadata: Record<string, string>
}

export interface ObjectRecord extends Description {
  key: string
  size: number
  /** Without quotes. */
  etag: string
  lastModified: string
  segments: Segment[]
  checksum?: Checksum & { type: ChecksumType }
  /** The multipart upload it came from. */
  uploadId?: string
}

export interface UploadRecord extends Description {
  uploadId: string
  key: string
  initiated: string
  /** What CreateMultipartUpload asked for. */
  checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType }
}

export interface PartRecord extends Segment {
  partNumber: number
  /** Without quotes; the MD5 of the part. */
  etag: string
  lastModified: string
  checksum?: Checksum
}
