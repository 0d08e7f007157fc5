// Reads parts in pieces and hashes them, in a worker as any uploader would. The name says with what.
import { createCRC64, createMD5 } from 'hash-wasm'

/** The polynomial of CRC-64/NVME, reversed. */
const POLYNOMIAL = '9a6c9329ac4bc9b5'
const PIECE_BYTES = 1024 ** 2

/** Chromium collects the stream of a reader that nobody refers to, and the read never ends. */
const readers = new Set<ReadableStreamBYOBReader>()

self.onmessage = async ({ data, ports: [reply] }: MessageEvent<Blob>) => {
  const hash = await (self.name === 'md5' ? createMD5() : createCRC64(POLYNOMIAL))
  const reader = data.stream().getReader({ mode: 'byob' })
  readers.add(reader)
  let buffer = new ArrayBuffer(PIECE_BYTES)
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(buffer))
    if (done) break
    hash.update(value)
    buffer = value.buffer
  }
  readers.delete(reader)
  reply?.postMessage(hash.digest('binary'))
}
