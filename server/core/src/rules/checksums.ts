// CRC-64/NVME, as S3's headers and the SDK name it: a part's is signed, and S3 verifies it on arrival.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html

export const CRC64NVME = {
  algorithm: 'CRC64NVME',
  /** S3 makes one of the whole object from those of its parts. */
  type: 'FULL_OBJECT',
  /** In the SDK's requests and replies. */
  field: 'ChecksumCRC64NVME',
  header: 'x-amz-checksum-crc64nvme',
} as const

/** Whether `value` is the Base64 of one: 8 bytes. */
export function isCrc64nvme(value: string): boolean {
  const bytes = Buffer.from(value, 'base64')
  return bytes.length === 8 && bytes.toString('base64') === value
}
