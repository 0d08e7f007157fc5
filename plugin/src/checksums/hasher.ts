// Shared by all checksums: cuts a message that comes in pieces of any length into whole blocks.

/** Bytes of a block: MD5's block size, and a multiple of the CRC's. */
export const BLOCK_BYTES = 64

/** One running checksum. */
export interface Hash {
  /** Takes the whole blocks of `view` from byte `start` to byte `end`. */
  mix(view: DataView, start: number, end: number): void
  /**
   * Takes the last bytes, fewer than a block, and returns the checksum.
   * @param length Bytes of the whole message.
   */
  finish(rest: Uint8Array, length: number): Uint8Array
}

/** Feeds bytes to a {@link Hash} as they come. */
export class Hasher {
  readonly #rest = new Uint8Array(BLOCK_BYTES)
  #length = 0

  constructor(private readonly hash: Hash) {}

  update(bytes: Uint8Array): void {
    const held = this.#length % BLOCK_BYTES
    this.#length += bytes.length
    let start = 0
    if (held > 0) {
      start = Math.min(BLOCK_BYTES - held, bytes.length)
      this.#rest.set(bytes.subarray(0, start), held)
      if (held + start < BLOCK_BYTES) return
      this.hash.mix(new DataView(this.#rest.buffer), 0, BLOCK_BYTES)
    }
    const end = bytes.length - ((bytes.length - start) % BLOCK_BYTES)
    this.hash.mix(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start, end)
    this.#rest.set(bytes.subarray(end))
  }

  /** The checksum in base64, as S3 expects it. Ends the hasher. */
  digest(): string {
    const rest = this.#rest.subarray(0, this.#length % BLOCK_BYTES)
    return btoa(String.fromCharCode(...this.hash.finish(rest, this.#length)))
  }
}

/** 32-bit words as bytes. */
export function toBytes(words: Iterable<number>, littleEndian: boolean): Uint8Array {
  const bytes: number[] = []
  for (const word of words) {
    const view = new DataView(new ArrayBuffer(4))
    view.setInt32(0, word, littleEndian)
    bytes.push(...new Uint8Array(view.buffer))
  }
  return Uint8Array.from(bytes)
}
