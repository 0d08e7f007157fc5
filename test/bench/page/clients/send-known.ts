// Known requests as bare XMLHttpRequests, as many at a time as a browser has connections to a host.
import type { KnownTransfer } from '../page-client.js'

/** What browsers open to a host over HTTP/1.1. */
const CONNECTIONS = 6

/** A body and what it is sent with. */
export interface Sendable {
  body: Blob | FormData
  headers?: Record<string, string>
}

/** @param read what to send: asked for when a connection is free */
export async function sendKnown(
  transfers: KnownTransfer[],
  read: (transfer: KnownTransfer) => Sendable | Promise<Sendable>,
  sent: (transfer: KnownTransfer) => void,
): Promise<void> {
  const rest = transfers.values()
  const work = async () => {
    for (const transfer of rest) {
      await send(transfer, await read(transfer))
      sent(transfer)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
}

function send({ url, fields }: KnownTransfer, { body, headers = {} }: Sendable): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(fields ? 'POST' : 'PUT', url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.onloadend = () => {
      if (request.status >= 200 && request.status < 300) resolve()
      else reject(new Error(`S3 answers ${request.status}: ${request.responseText}`))
    }
    request.send(body)
  })
}

/** Tells when the last transfer of a file has been sent. */
export function countDown(
  files: File[],
  transfers: KnownTransfer[],
  finished: (name: string) => void,
): (transfer: KnownTransfer) => void {
  const left = files.map(() => 0)
  for (const { file } of transfers) left[file] = (left[file] ?? 0) + 1
  return ({ file }) => {
    left[file] = (left[file] ?? 0) - 1
    if (left[file] === 0) finished(files[file]?.name ?? '')
  }
}
