// A test file that the page can make again, byte for byte, after a reload.

const MiB = 1024 ** 2
const SIZE_MiB = 192
export const TEST_FILE_NAME = `test-file-${SIZE_MiB}-MiB.bin`
/** Chromium copies a slice out of the middle of a blob. So the file consists of blobs that are as large as a part. */
const PIECE_MiB = 8
/** Constant: a file with another date is another file. */
const MADE_AT = Date.UTC(2026, 0, 1)

let testFile: File | undefined

/** Always the same file: in a private window, Chromium keeps about 500 MiB of the files that a page makes. */
export function getTestFile(): File {
  testFile ??= makeFile(TEST_FILE_NAME, SIZE_MiB)
  return testFile
}

export function isTestFile({ name, size }: { name: string; size: number | null }): boolean {
  return name === TEST_FILE_NAME && size === SIZE_MiB * MiB
}

/** @param sizeMiB whole */
export function makeFile(name: string, sizeMiB: number): File {
  const blocks = Array.from({ length: sizeMiB }, (_, index) => makeBlock(index + 1))
  const pieces = Array.from(
    { length: Math.ceil(sizeMiB / PIECE_MiB) },
    (_, index) => new Blob(blocks.slice(index * PIECE_MiB, (index + 1) * PIECE_MiB)),
  )
  return new File(pieces, name, { type: 'application/octet-stream', lastModified: MADE_AT })
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
