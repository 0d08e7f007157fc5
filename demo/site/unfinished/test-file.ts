// A test file that the page can make again, byte for byte, after a reload.

const MiB = 1024 ** 2
const SIZE_MiB = 96
const NAME = `test-file-${SIZE_MiB}-MiB.bin`
/**
 * Chromium copies a slice out of the middle of a piece, and in a private window it keeps at most about 500 MiB of files that
 * a page makes. So a piece is as large as a part.
 */
const PIECE_MiB = 8
/** Constant: with another date it would be another file. */
const MADE_AT = Date.UTC(2026, 0, 1)

/** @param sizeMiB whole */
export function makeTestFile(name = NAME, sizeMiB = SIZE_MiB): File {
  const blocks = Array.from({ length: sizeMiB }, (_, index) => makeBlock(index + 1))
  const pieces = Array.from(
    { length: Math.ceil(sizeMiB / PIECE_MiB) },
    (_, index) => new Blob(blocks.slice(index * PIECE_MiB, (index + 1) * PIECE_MiB)),
  )
  return new File(pieces, name, { type: 'application/octet-stream', lastModified: MADE_AT })
}

export function isTestFile({ name, size }: { name: string; size: number }): boolean {
  return name === NAME && size === SIZE_MiB * MiB
}

/** 1 MiB of xorshift: looks random, and no two blocks are the same. */
function makeBlock(seed: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(MiB / 4)
  let state = seed * 0x9e3779b9
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[index] = state
  }
  return words
}
