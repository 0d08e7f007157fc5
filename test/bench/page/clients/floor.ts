// The floor of a checksum: read, hash, send, and nothing else. A part is sent as the slice of the file that it is, which the
// browser reads once more: Chromium needs more of the processor to send what a page has in memory (as a Blob of its own
// twice as much as that second reading costs, as an ArrayBuffer many times as much).
import type { KnownTransfer, PrepareUpload } from '../page-client.js'
import { countDown, type Sendable, sendKnown } from './send-known.js'

/** @param header the digest goes in; without one it is computed and not sent */
export function prepareFloor(kind: 'md5' | 'crc64nvme', header?: string): PrepareUpload {
  return async (files, { transfers }) => {
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url), { type: 'module', name: kind })
    const read = async ({ file, start, end }: KnownTransfer): Promise<Sendable> => {
      const part = (files[file] as File).slice(start, end)
      const digest = await hash(worker, part)
      return { body: part, ...(header && { headers: { [header]: toBase64(digest) } }) }
    }
    return { run: (finished) => sendKnown(transfers, read, countDown(files, transfers, finished)) }
  }
}

function hash(worker: Worker, part: Blob): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }: MessageEvent<Uint8Array>) => {
      port1.close()
      resolve(data)
    }
    worker.postMessage(part, [port2])
  })
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
