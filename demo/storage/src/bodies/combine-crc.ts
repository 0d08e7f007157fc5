// Combines the CRCs of two runs of bytes, like zlib's `crc32_combine`: the FULL_OBJECT checksum of a multipart upload
// without reading the parts again.
import type { ChecksumAlgorithm } from './checksums.js'

interface CrcField {
  width: bigint
  /** Reflected, without the leading term. */
  polynomial: bigint
}

const fields: Partial<Record<ChecksumAlgorithm, CrcField>> = {
  CRC32: { width: 32n, polynomial: 0xedb88320n },
  CRC32C: { width: 32n, polynomial: 0x82f63b78n },
  CRC64NVME: { width: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
}

/** @param parts Base64 checksums with the number of bytes that each covers, in order. */
export function combineCrcs(algorithm: ChecksumAlgorithm, parts: { value: string; size: number }[]): string {
  const field = fields[algorithm]
  if (!field) throw new TypeError(`${algorithm} cannot be combined`)
  // Nearly all parts have the same size.
  const powers = new Map<number, bigint>()
  let crc = 0n
  for (const { value, size } of parts) {
    const appended = BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`)
    const power = powers.get(size) ?? powerOfX(BigInt(size) * 8n, field)
    powers.set(size, power)
    crc = multiply(crc, power, field) ^ appended
  }
  return Buffer.from(crc.toString(16).padStart(Number(field.width) / 4, '0'), 'hex').toString('base64')
}

/** x to the power of `exponent` modulo the polynomial. In reflected order the highest bit is the term 1. */
function powerOfX(exponent: bigint, field: CrcField): bigint {
  let result = 1n << (field.width - 1n)
  let square = result >> 1n
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(result, square, field)
    square = multiply(square, square, field)
  }
  return result
}

function multiply(a: bigint, b: bigint, { width, polynomial }: CrcField): bigint {
  let product = 0n
  let shifted = b
  for (let bit = 1n << (width - 1n); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n
  }
  return product
}
