// The CRC of a whole object from the CRCs of its parts. MD5 and SHA-256 cannot do that.
import { CRC32C_POLYNOMIAL } from './hashes/crc32c.js'
import { CRC64NVME_POLYNOMIAL } from './hashes/crc64nvme.js'

/** A part's checksum, as `checksumPart` gives it, and bytes. */
export interface PartChecksum {
  checksum: string
  size: number
}

/**
 * CRC-64/NVME of the parts one after the other, in base64. Without parts, that of nothing.
 * About 10 µs a part, as long as sizes repeat.
 */
export function combineCrc64nvme(parts: PartChecksum[]): string {
  return combine(parts, { polynomial: CRC64NVME_POLYNOMIAL, bits: 64 })
}

/** CRC-32C of the parts one after the other, in base64. Without parts, that of nothing. */
export function combineCrc32c(parts: PartChecksum[]): string {
  return combine(parts, { polynomial: BigInt(CRC32C_POLYNOMIAL), bits: 32 })
}

/**
 * A CRC's arithmetic: polynomials over GF(2), modulo its own. As CRCs are, they are written with their bits reversed:
 * the highest bit is the coefficient of x⁰.
 */
interface Field {
  polynomial: bigint
  bits: number
}

// CRC(a ‖ b) = CRC(a) · x^(8 · bytes of b) + CRC(b). The ones that CRCs begin and end with cancel out.
function combine(parts: PartChecksum[], field: Field): string {
  const factors = new Map<number, bigint>()
  let crc = 0n
  for (const { checksum, size } of parts) {
    const factor = factors.get(size) ?? powerOfX(BigInt(size) * 8n, field)
    factors.set(size, factor)
    crc = multiply(crc, factor, field) ^ decode(checksum)
  }
  return encode(crc, field.bits)
}

/** By squaring: the exponent has at most 50 bits. */
function powerOfX(exponent: bigint, field: Field): bigint {
  let power = 1n << BigInt(field.bits - 1)
  for (const digit of exponent.toString(2)) {
    power = multiply(power, power, field)
    if (digit === '1') power = timesX(power, field)
  }
  return power
}

function multiply(a: bigint, b: bigint, field: Field): bigint {
  let product = 0n
  let term = b
  for (let bit = 1n << BigInt(field.bits - 1); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= term
    term = timesX(term, field)
  }
  return product
}

function timesX(a: bigint, { polynomial }: Field): bigint {
  return a & 1n ? (a >> 1n) ^ polynomial : a >> 1n
}

function decode(base64: string): bigint {
  let value = 0n
  for (const char of atob(base64)) value = (value << 8n) | BigInt(char.charCodeAt(0))
  return value
}

function encode(value: bigint, bits: number): string {
  let bytes = ''
  for (let shift = bits - 8; shift >= 0; shift -= 8) {
    bytes += String.fromCharCode(Number((value >> BigInt(shift)) & 255n))
  }
  return btoa(bytes)
}
