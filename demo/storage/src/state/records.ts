// Records of buckets, objects, uploads and parts, as in the JSON files.
import { z } from 'zod'
import { checksumAlgorithms } from '../bodies/checksums.js'

const bytes = z.int().min(0)
const date = z.iso.datetime()
const checksum = z.object({ algorithm: z.enum(checksumAlgorithms), value: z.string() })
const checksumType = z.enum(['FULL_OBJECT', 'COMPOSITE'])

const corsRule = z.object({
  id: z.string().exactOptional(),
  /** Each with at most one `*`. */
  allowedOrigins: z.array(z.string()),
  allowedMethods: z.array(z.string()),
  /** Each with at most one `*`. */
  allowedHeaders: z.array(z.string()),
  exposeHeaders: z.array(z.string()),
  maxAgeSeconds: z.int().exactOptional(),
})
export type CorsRule = z.infer<typeof corsRule>

const lifecycleRule = z.object({
  id: z.string(),
  isEnabled: z.boolean(),
  /** Prefix of the keys that the rule applies to; empty for all. */
  prefix: z.string(),
  /** Days after which unfinished uploads are aborted. */
  daysAfterInitiation: z.int().exactOptional(),
  /** Days after which objects are deleted. */
  expirationDays: z.int().exactOptional(),
})
export type LifecycleRule = z.infer<typeof lifecycleRule>

export const BucketRecordSchema = z.object({
  name: z.string(),
  /** ISO 8601, as all dates here. */
  created: date,
  corsRules: z.array(corsRule).exactOptional(),
  lifecycleRules: z.array(lifecycleRule).exactOptional(),
})
export type BucketRecord = z.infer<typeof BucketRecordSchema>

/** A run of an object's bytes: one file of the bucket's data folder. */
const segment = z.object({ dataId: z.uuid(), size: bytes })
export type Segment = z.infer<typeof segment>

const tag = z.object({ key: z.string(), value: z.string() })
export type Tag = z.infer<typeof tag>

const texts = z.record(z.string(), z.string())
/** Checked and left as it is: `z.record` drops the name `__proto__`. */
const metadata = z.custom<z.infer<typeof texts>>((value) => texts.safeParse(value).success)

/** What the client sends about an object, and gets back with it. */
const description = z.object({
  /** Content-Type, Cache-Control and the like, by lower-case name. */
  headers: texts,
  /** `x-amz-meta-*`, by the name after the prefix. */
  metadata,
  tags: z.array(tag).exactOptional(),
  /** `x-amz-server-side-encryption`, if the client asked for it. */
  encryption: z.literal('AES256').exactOptional(),
})
export type Description = z.infer<typeof description>

export const ObjectRecordSchema = description.extend({
  key: z.string(),
  size: bytes,
  /** Without quotes. */
  etag: z.string(),
  lastModified: date,
  segments: z.array(segment),
  checksum: checksum.extend({ type: checksumType }).exactOptional(),
  /** The multipart upload it came from. */
  uploadId: z.string().exactOptional(),
  /** The parts of that upload, one for each segment. A part's checksum is of the object's algorithm. */
  parts: z.array(z.object({ partNumber: z.int(), checksum: z.string().exactOptional() })).exactOptional(),
})
export type ObjectRecord = z.infer<typeof ObjectRecordSchema>

export const UploadRecordSchema = description.extend({
  uploadId: z.string(),
  key: z.string(),
  initiated: date,
  /** What CreateMultipartUpload asked for. Without it, S3 shows no checksums of parts. */
  checksum: checksum.pick({ algorithm: true }).extend({ type: checksumType }).exactOptional(),
})
export type UploadRecord = z.infer<typeof UploadRecordSchema>

export const PartRecordSchema = segment.extend({
  partNumber: z.int(),
  /** Without quotes; the MD5 of the part. */
  etag: z.string(),
  lastModified: date,
  /** Of the upload's algorithm, or S3's own; older records may have none, or one of another algorithm. */
  checksum: checksum.exactOptional(),
})
export type PartRecord = z.infer<typeof PartRecordSchema>
