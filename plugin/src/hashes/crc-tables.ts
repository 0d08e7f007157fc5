// Looking up CRCs: a table has 256 entries for each number of bytes that may follow the one looked up.

/** What `byte`, of which the lowest eight bits count, does to the CRC with so many bytes following it. */
export function lookUp(table: Int32Array, following: number, byte: number): number {
  return table[(following << 8) | (byte & 255)] as number
}

/** The same for the four bytes of a little-endian word, with so many bytes following the word. */
export function lookUpWord(table: Int32Array, following: number, word: number): number {
  return (
    lookUp(table, following + 3, word) ^
    lookUp(table, following + 2, word >>> 8) ^
    lookUp(table, following + 1, word >>> 16) ^
    lookUp(table, following, word >>> 24)
  )
}
