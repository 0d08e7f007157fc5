// The `x-amz-checksum-*` algorithms: computes checksums, and reads those that a request declares.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
import { createHash } from 'node:crypto'
import { createCRC32, createCRC64 } from 'hash-wasm'
import { S3Error } from '../s3-error.js'

/** In the spelling of `x-amz-checksum-algorithm`. */
export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]

/** Over the object's bytes, or over the checksums of its parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

export interface Checksum {
  algorithm: ChecksumAlgorithm
  /** Base64; a composite one ends in the number of parts: `…-3`. */
  value: string
}

/** What S3 keeps where the client names no algorithm. */
export const defaultChecksum = { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' } as const

export interface Hasher {
  update(chunk: Uint8Array): void
  digest(): Checksum
}

const byteLengths: Record<ChecksumAlgorithm, number> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
}

export async function createHasher(algorithm: ChecksumAlgorithm): Promise<Hasher> {
  if (algorithm === 'SHA1' || algorithm === 'SHA256') {
    const hash = createHash(algorithm)
    return {
      update: (chunk) => hash.update(chunk),
      digest: () => ({ algorithm, value: hash.digest('base64') }),
    }
  }
  const hash = (await createCrc(algorithm)).init()
  return {
    update: (chunk) => hash.update(chunk),
    digest: () => ({ algorithm, value: Buffer.from(hash.digest('hex'), 'hex').toString('base64') }),
  }
}

function createCrc(algorithm: 'CRC32' | 'CRC32C' | 'CRC64NVME') {
  if (algorithm === 'CRC64NVME') return createCRC64('9a6c9329ac4bc9b5')
  return createCRC32(algorithm === 'CRC32C' ? 0x82f63b78 : 0xedb88320)
}

export function headerName(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`
}

/**
 * The checksum among headers or form fields.
 * @throws S3Error InvalidRequest if there are several, or the value does not have the algorithm's length
 */
export function readChecksum(get: (name: string) => string | undefined): Checksum | undefined {
  const found = checksumAlgorithms.flatMap((algorithm) => {
    const value = get(headerName(algorithm))
    return value === undefined ? [] : [{ algorithm, value }]
  })
  if (found.length > 1) {
    throw new S3Error(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    )
  }
  const [checksum] = found
  if (checksum) checkFormat(checksum)
  return checksum
}

export function checkFormat({ algorithm, value }: Checksum): void {
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length !== byteLengths[algorithm] || bytes.toString('base64') !== value) {
    throw new S3Error('InvalidRequest', `Value for ${headerName(algorithm)} header is invalid.`)
  }
}

/** @throws S3Error InvalidRequest for an algorithm that S3 does not have */
export function parseAlgorithm(text: string): ChecksumAlgorithm {
  const algorithm = checksumAlgorithms.find((known) => known === text.toUpperCase())
  if (!algorithm) {
    throw new S3Error(
      'InvalidRequest',
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    )
  }
  return algorithm
}
