// The floor of a checksum: read, hash, send what was read, and nothing else.
import type { KnownTransfer, PrepareUpload } from '../page-client.js'
import { countDown, type Sendable, sendKnown } from './send-known.js'

interface Hashed {
  bytes: Uint8Array<ArrayBuffer>
  digest: Uint8Array
}

/** @param header the digest goes in; without one it is computed and not sent */
export function prepareFloor(kind: 'md5' | 'crc32c', header?: string): PrepareUpload {
  return async (files, { transfers }) => {
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url), { type: 'module', name: kind })
    const read = async ({ file, start, end }: KnownTransfer): Promise<Sendable> => {
      const { bytes, digest } = await hash(worker, (files[file] as File).slice(start, end))
      return { body: bytes, ...(header && { headers: { [header]: toBase64(digest) } }) }
    }
    return { run: (finished) => sendKnown(transfers, read, countDown(files, transfers, finished)) }
  }
}

function hash(worker: Worker, part: Blob): Promise<Hashed> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }: MessageEvent<Hashed>) => {
      port1.close()
      resolve(data)
    }
    worker.postMessage(part, [port2])
  })
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
