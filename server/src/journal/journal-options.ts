// Where the journal is.
import { z } from 'zod'
import { findKeyFault } from '../rules/object-key.js'
import { bucketName } from '../s3/bucket-name.js'

export interface JournalOptions {
  /** Another bucket of the same region, such as one whose events nobody listens to. @default the (first) `bucket` */
  bucket?: string
  /** What its keys start with, and no others. Ends with a slash; at most 128 bytes. @default '.partway/' */
  prefix?: string
}

const MAX_PREFIX_BYTES = 128

const prefix = z.string().superRefine((value, issues) => {
  const fault =
    findKeyFault(value) ??
    (value.endsWith('/') ? undefined : 'must end with a slash') ??
    (Buffer.byteLength(value) > MAX_PREFIX_BYTES ? `must have at most ${MAX_PREFIX_BYTES} bytes` : undefined)
  if (fault) issues.addIssue({ code: 'invalid_format', format: 'prefix', message: fault })
})

export const JournalSchema = z.strictObject({
  bucket: bucketName.optional(),
  prefix: prefix.default('.partway/'),
})
