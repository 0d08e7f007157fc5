// Bodies of the model's objects: a run of one pseudorandom megabyte-long pool, so that a body is two numbers.
import { createCipheriv, createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { createCRC64 } from 'hash-wasm'
import { minPartSize } from '../s3-replies.js'

export interface Content {
  /** Where the run begins. */
  offset: number
  /** Bytes */
  size: number
}

const maxOffset = 1000
const pool = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16)).update(
  Buffer.alloc(minPartSize + maxOffset + 1),
)

export function bytesOf(contents: Content[]): Buffer {
  const runs = contents.map(({ offset, size }) => pool.subarray(offset, offset + size))
  return runs.length === 1 && runs[0] ? runs[0] : Buffer.concat(runs)
}

export function sizeOf(contents: Content[]): number {
  return contents.reduce((total, { size }) => total + size, 0)
}

export const small: fc.Arbitrary<Content> = fc.record({ offset: fc.nat(9), size: fc.nat(30) })
/** Now and then as large as a part must be that is not the last. */
export const ofPart: fc.Arbitrary<Content> = fc.oneof(
  { arbitrary: small, weight: 3 },
  { arbitrary: fc.record({ offset: fc.nat(9), size: fc.constant(minPartSize) }), weight: 2 },
)

export const algorithms = ['CRC32', 'SHA1', 'SHA256'] as const
/** What S3 takes where the client names none. */
export const defaultAlgorithm = 'CRC64NVME' as const
export type Algorithm = (typeof algorithms)[number] | typeof defaultAlgorithm

const crc64 = await createCRC64('9a6c9329ac4bc9b5')

export function md5Of(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest()
}

export function digestOf(algorithm: Algorithm, bytes: Uint8Array): Buffer {
  if (algorithm === 'CRC64NVME') return Buffer.from(crc64.init().update(bytes).digest('hex'), 'hex')
  if (algorithm !== 'CRC32') return createHash(algorithm).update(bytes).digest()
  const digest = Buffer.alloc(4)
  digest.writeUInt32BE(crc32(bytes))
  return digest
}

/** What of two objects tells whether they are the same: a failure shows it in place of the bytes. */
export function hashOf(bytes: Uint8Array): string {
  return `${bytes.length} bytes, SHA-1 ${createHash('sha1').update(bytes).digest('hex')}`
}
