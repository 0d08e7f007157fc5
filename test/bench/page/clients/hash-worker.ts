// Reads parts into memory and hashes them, in a worker as any uploader would. The name says with what.
import { createCRC32, createMD5 } from 'hash-wasm'

/** The polynomial of CRC-32C, reversed. */
const CASTAGNOLI = 0x82f63b78

const hashing = self.name === 'md5' ? createMD5() : createCRC32(CASTAGNOLI)

self.onmessage = async ({ data, ports: [reply] }: MessageEvent<Blob>) => {
  const hash = await hashing
  const bytes = new Uint8Array(await data.arrayBuffer())
  const digest = hash.init().update(bytes).digest('binary')
  reply?.postMessage({ bytes, digest }, [bytes.buffer])
}
