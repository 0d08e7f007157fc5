// The CRC of a whole object from the CRCs of its parts.
// The polynomial is here because the code that computes CRCs is loaded only when needed.

/** Of CRC-64/NVME (NVM Express NVM Command Set, section 5.2.1.3.4), bits reversed. */
export const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n

/** A part's checksum, as `checksumPart` returns it, and its bytes. */
export interface PartChecksum {
  checksum: string
  size: number
}

/**
 * A CRC's arithmetic: polynomials over GF(2), modulo its own. Like CRCs, they have their bits reversed: the highest bit is
 * the coefficient of x⁰.
 */
const ONE = 1n << 63n

/**
 * CRC-64/NVME of the concatenated parts, in base64. Without parts, that of an empty message.
 * About 10 µs a part, while sizes repeat.
 */
export function combineCrc64nvme(parts: PartChecksum[]): string {
  const factors = new Map<number, bigint>()
  let crc = 0n
  // CRC(a ‖ b) = CRC(a) · x^(8 · bytes of b) + CRC(b). The ones that CRCs start and end with cancel out.
  for (const { checksum, size } of parts) {
    const factor = factors.get(size) ?? powerOfX(BigInt(size) * 8n)
    factors.set(size, factor)
    crc = multiply(crc, factor) ^ decode(checksum)
  }
  return encode(crc)
}

/** By squaring: the exponent has at most 50 bits. */
function powerOfX(exponent: bigint): bigint {
  let power = ONE
  for (const digit of exponent.toString(2)) {
    power = multiply(power, power)
    if (digit === '1') power = timesX(power)
  }
  return power
}

function multiply(a: bigint, b: bigint): bigint {
  let product = 0n
  let term = b
  for (let bit = ONE; bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= term
    term = timesX(term)
  }
  return product
}

function timesX(a: bigint): bigint {
  return a & 1n ? (a >> 1n) ^ CRC64NVME_POLYNOMIAL : a >> 1n
}

function decode(base64: string): bigint {
  let value = 0n
  for (const char of atob(base64)) value = (value << 8n) | BigInt(char.charCodeAt(0))
  return value
}

function encode(value: bigint): string {
  let bytes = ''
  for (let shift = 56n; shift >= 0n; shift -= 8n)
    bytes += String.fromCharCode(Number((value >> shift) & 255n))
  return btoa(bytes)
}
