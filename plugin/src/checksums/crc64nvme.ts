// CRC-64/NVME (NVM Express NVM Command Set, section 5.2.1.3.4), eight bytes at a time ("slicing-by-8").
// A 64-bit word is two 32-bit words, because BigInt is slow.
import { CRC64NVME_POLYNOMIAL } from './combine-checksums.js'
import { type Hash, toBytes } from './hasher.js'

interface Tables {
  /** A byte's effect on the high half of the CRC, with 0 to 7 bytes after it. 256 entries each. */
  high: Int32Array
  low: Int32Array
}

let tables: Tables | undefined

/** Starts a CRC-64/NVME. */
export function crc64nvme(): Hash {
  tables ??= createTables()
  const { high, low } = tables
  let state = { hi: -1, lo: -1 }
  return {
    mix(view, start, end) {
      let { hi, lo } = state
      for (let at = start; at < end; at += 8) {
        const w0 = lo ^ view.getInt32(at, true)
        const w1 = hi ^ view.getInt32(at + 4, true)
        lo = lookUpWord(low, 4, w0) ^ lookUpWord(low, 0, w1)
        hi = lookUpWord(high, 4, w0) ^ lookUpWord(high, 0, w1)
      }
      state = { hi, lo }
    },
    finish(rest) {
      let { hi, lo } = state
      for (const byte of rest) {
        const index = lo ^ byte
        lo = (lo >>> 8) | (hi << 24)
        lo ^= lookUp(low, 0, index)
        hi = (hi >>> 8) ^ lookUp(high, 0, index)
      }
      return toBytes([~hi, ~lo], false)
    },
  }
}

function createTables(): Tables {
  const high = new Int32Array(8 * 256)
  const low = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte)
    for (let following = 0; following < 8; following++) {
      for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (crc & 1n ? CRC64NVME_POLYNOMIAL : 0n)
      high[following * 256 + byte] = Number(crc >> 32n)
      low[following * 256 + byte] = Number(crc & 0xffffffffn)
    }
  }
  return { high, low }
}

/** The effect of the lowest eight bits of `byte` on the CRC, with `following` bytes after it. */
function lookUp(table: Int32Array, following: number, byte: number): number {
  return table[(following << 8) | (byte & 255)] as number
}

/** The same for the four bytes of a little-endian word, with `following` bytes after the word. */
function lookUpWord(table: Int32Array, following: number, word: number): number {
  return (
    lookUp(table, following + 3, word) ^
    lookUp(table, following + 2, word >>> 8) ^
    lookUp(table, following + 1, word >>> 16) ^
    lookUp(table, following, word >>> 24)
  )
}
