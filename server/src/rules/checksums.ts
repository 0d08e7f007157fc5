// The checksums of parts that S3 verifies on arrival, as its headers and the SDK name them.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
import type { ChecksumKind } from '../protocol.js'

/** `md5` is older than the others: an HTTP header without a signature, and no attribute of the upload. */
export type AdditionalKind = Exclude<ChecksumKind, 'md5'>

interface AdditionalChecksum {
  algorithm: 'CRC32C' | 'CRC64NVME' | 'SHA256'
  /** What the object gets: a checksum of all its bytes, or one of its parts' checksums. */
  type: 'FULL_OBJECT' | 'COMPOSITE'
  /** In the SDK's requests and replies. */
  field: 'ChecksumCRC32C' | 'ChecksumCRC64NVME' | 'ChecksumSHA256'
  header: string
  bytes: number
}

export const additionalKinds = ['crc32c', 'crc64nvme', 'sha256'] as const satisfies AdditionalKind[]

export const additionalChecksums: Readonly<Record<AdditionalKind, AdditionalChecksum>> = {
  crc32c: {
    algorithm: 'CRC32C',
    type: 'FULL_OBJECT',
    field: 'ChecksumCRC32C',
    header: 'x-amz-checksum-crc32c',
    bytes: 4,
  },
  crc64nvme: {
    algorithm: 'CRC64NVME',
    type: 'FULL_OBJECT',
    field: 'ChecksumCRC64NVME',
    header: 'x-amz-checksum-crc64nvme',
    bytes: 8,
  },
  // S3 combines no SHA-256s into one of the whole object.
  sha256: {
    algorithm: 'SHA256',
    type: 'COMPOSITE',
    field: 'ChecksumSHA256',
    header: 'x-amz-checksum-sha256',
    bytes: 32,
  },
}

/** Those that S3 keeps with the upload and that have to be signed. */
export function isAdditional(kind: ChecksumKind | undefined): kind is AdditionalKind {
  return kind !== undefined && kind !== 'md5'
}

/** Those of which S3 makes one of the whole object from those of its parts. */
export function isOfWhole(kind: ChecksumKind | undefined): kind is AdditionalKind {
  return isAdditional(kind) && additionalChecksums[kind].type === 'FULL_OBJECT'
}

/** Whether `value` is the Base64 of a checksum of this kind. */
export function isChecksum(kind: AdditionalKind, value: string): boolean {
  const bytes = Buffer.from(value, 'base64')
  return bytes.length === additionalChecksums[kind].bytes && bytes.toString('base64') === value
}
