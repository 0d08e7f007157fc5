// CRC-32C (RFC 3720, section 12.1), sixteen bytes at a time ("slicing-by-16").
import { lookUp, lookUpWord } from './crc-tables.js'
import { type Hash, toBytes } from './hasher.js'

/** Of the Castagnoli polynomial, bits reversed. */
export const CRC32C_POLYNOMIAL = 0x82f63b78

/** What a byte does to the CRC with 0 to 15 bytes after it. 256 entries each. */
let tables: Int32Array | undefined

/** Starts a CRC-32C. */
export function crc32c(): Hash {
  tables ??= createTables()
  const table = tables
  let state = -1
  return {
    mix(view, start, end) {
      // A local variable: engines keep those of the outer function in memory.
      let crc = state
      for (let at = start; at < end; at += 16) {
        const w0 = crc ^ view.getInt32(at, true)
        const w1 = view.getInt32(at + 4, true)
        const w2 = view.getInt32(at + 8, true)
        const w3 = view.getInt32(at + 12, true)
        crc =
          lookUpWord(table, 12, w0) ^
          lookUpWord(table, 8, w1) ^
          lookUpWord(table, 4, w2) ^
          lookUpWord(table, 0, w3)
      }
      state = crc
    },
    finish(rest) {
      let crc = state
      for (const byte of rest) crc = (crc >>> 8) ^ lookUp(table, 0, crc ^ byte)
      return toBytes([~crc], false)
    },
  }
}

function createTables(): Int32Array {
  const table = new Int32Array(16 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? CRC32C_POLYNOMIAL : 0)
    table[byte] = crc
  }
  for (let index = 256; index < table.length; index++) {
    const before = table[index - 256] as number
    table[index] = (before >>> 8) ^ lookUp(table, 0, before)
  }
  return table
}
