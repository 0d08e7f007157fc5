// The worker's end of checksum.ts.
import type { ChecksumKind } from '@partway/server/protocol'
import { hashBlob } from './hash-blob.js'

/** Comes with a port for the reply. Any message that comes on the port ends the work. */
export interface ChecksumRequest {
  kind: ChecksumKind
  blob: Blob
}

/** The checksum, or what a DOMException is made of. */
export type ChecksumResult = { checksum: string } | { name: string; message: string }
/** The last is the result. */
export type ChecksumReply = ChecksumResult | { hangs: boolean }

addEventListener('message', ({ data, ports: [port] }: MessageEvent<ChecksumRequest>) => {
  if (port) void answer(data, port)
})
// It runs.
postMessage(undefined)

async function answer({ kind, blob }: ChecksumRequest, port: MessagePort): Promise<void> {
  const stop = new AbortController()
  port.onmessage = () => stop.abort()
  const onHang = (hangs: boolean) => port.postMessage({ hangs } satisfies ChecksumReply)
  const reply = await hashBlob(kind, blob, stop.signal, onHang).then(
    (checksum): ChecksumResult => ({ checksum }),
    // Not every browser can send a DOMException.
    ({ name, message }): ChecksumResult => ({ name, message }),
  )
  port.postMessage(reply)
}
