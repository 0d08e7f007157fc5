// How S3 stores an object: access, encryption, storage class, caching, download name, tags. Only the server chooses these.
import { z } from 'zod'
import { plain, withoutUndefined } from '../plain-object.js'
import { encodeStrictly } from '../s3/bucket-endpoint.js'

/** Signed into every request, so that a page can change none of them. Not every store supports them. */
export interface ObjectOptions {
  /**
   * Canned ACL, such as `private`. Buckets that enforce bucket owner ownership (the default on AWS) refuse all but a few. Needs
   * the permission `s3:PutObjectAcl`.
   */
  acl?: string
  /** `'AES256'` (SSE-S3), `'aws:kms'` or `'aws:kms:dsse'`. @default as the bucket encrypts */
  serverSideEncryption?: 'AES256' | 'aws:kms' | 'aws:kms:dsse'
  /**
   * Key for `aws:kms`; its id or ARN. Needs `kms:GenerateDataKey` and `kms:Decrypt` on it.
   * @default the account's `aws/s3` key
   */
  sseKmsKeyId?: string
  /** Such as `'STANDARD_IA'` or `'INTELLIGENT_TIERING'`. @default as the store has it: `'STANDARD'` */
  storageClass?: string
  /** The header `Cache-Control` of downloads. */
  cacheControl?: string
  /**
   * The header `Content-Disposition` of downloads (RFC 6266).
   * @default `attachment` with the file's name, so that uploaded HTML does not run on the bucket's origin
   */
  contentDisposition?: string
  /** `{ name: value }`, at most 10; names of 1 to 128 and values of at most 256 characters. Needs `s3:PutObjectTagging`. */
  tags?: Readonly<Record<string, string>>
}

// Visible ASCII and spaces, which a header carries unambiguously.
const header = z.string().regex(/^[!-~](?:[ -~]*[!-~])?$/, 'must be printable ASCII')
// The characters that every AWS service accepts in a tag. Source: "Tagging your Amazon S3 resources".
const tag = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u)

export const ObjectOptionsSchema = z
  .strictObject({
    acl: z.string().regex(/^[a-z-]+$/),
    serverSideEncryption: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']),
    sseKmsKeyId: header,
    storageClass: z.string().regex(/^[A-Z_]+$/),
    cacheControl: header,
    contentDisposition: header,
    tags: plain(
      z
        .record(tag(128).min(1), tag(256))
        .refine((tags) => Object.keys(tags).length <= 10, 'must have at most 10 entries'),
    ),
  })
  .partial()

export type ResolvedObjectOptions = z.infer<typeof ObjectOptionsSchema>

/** The headers of a request that creates the object, lower-case. */
export function objectOptionHeaders(object: ResolvedObjectOptions): Record<string, string> {
  const headers = {
    'x-amz-acl': object.acl,
    'x-amz-server-side-encryption': object.serverSideEncryption,
    'x-amz-server-side-encryption-aws-kms-key-id': object.sseKmsKeyId,
    'x-amz-storage-class': object.storageClass,
    'cache-control': object.cacheControl,
    'x-amz-tagging': object.tags && tagQuery(object.tags),
  }
  return withoutUndefined(headers)
}

/** The same as fields of a form POST, where access and tags have other names. */
export function objectOptionFields(object: ResolvedObjectOptions): Record<string, string> {
  const {
    'x-amz-acl': acl,
    'x-amz-tagging': _,
    'cache-control': cacheControl,
    ...same
  } = objectOptionHeaders(object)
  const fields = { ...same, acl, 'Cache-Control': cacheControl, tagging: object.tags && tagXml(object.tags) }
  return withoutUndefined(fields)
}

// Encodes a space as %20: Ceph takes a plus sign literally.
export function tagQuery(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${encodeStrictly(key)}=${encodeStrictly(value)}`)
    .join('&')
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html, form field "tagging"
function tagXml(tags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(tags).map(
    ([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`,
  )
  return `<Tagging><TagSet>${entries.join('')}</TagSet></Tagging>`
}
