// CRC-64/NVME, by the names of S3's headers and the SDK. A part's checksum is signed, and S3 verifies it on arrival.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html

export const CRC64NVME = {
  algorithm: 'CRC64NVME',
  /** S3 computes the checksum of the whole object from those of its parts. */
  type: 'FULL_OBJECT',
  /** In the SDK's requests and replies. */
  field: 'ChecksumCRC64NVME',
  header: 'x-amz-checksum-crc64nvme',
} as const

/** Whether `value` is a CRC-64/NVME in Base64: 8 bytes. */
export function isCrc64nvme(value: string): boolean {
  const bytes = Buffer.from(value, 'base64')
  return bytes.length === 8 && bytes.toString('base64') === value
}
