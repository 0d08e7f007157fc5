// The worker side of checksum.ts.
import type { ChecksumKind } from '@partway/server/protocol'
import { hashBlob } from './hash-blob.js'

/** Sent with a port for the reply. Any message on the port aborts the work. */
export interface ChecksumRequest {
  kind: ChecksumKind
  blob: Blob
}

/** The checksum, or the fields of a DOMException. */
export type ChecksumResult = { checksum: string } | { name: string; message: string }
/** The last reply is the result. */
export type ChecksumReply = ChecksumResult | { hangs: boolean }

addEventListener('message', ({ data, ports: [port] }: MessageEvent<ChecksumRequest>) => {
  if (port) void answer(data, port)
})
// Reports that the worker runs.
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
