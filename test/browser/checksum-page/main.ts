// Checksums of the chosen file's parts, as the plugin asks for them.

import type { ChecksumKind } from '@partway/server/protocol'
import { checksumPart } from '../../../plugin/src/checksums/checksum.js'

declare global {
  interface Window {
    checksums: typeof checksums
  }
}

let parts: Blob[] = []
let stop = new AbortController()

const checksums = {
  /** Cuts the chosen file. */
  cut(count: number): void {
    const file = document.querySelector('input')?.files?.[0]
    if (!file) throw new Error('no file chosen')
    const edge = (index: number) => Math.floor((file.size * index) / count)
    parts = Array.from({ length: count }, (_, index) => file.slice(edge(index), edge(index + 1)))
  },

  /** Checksums of all parts at once: each one's value, or the name of its error. */
  all(kind: ChecksumKind, { signal } = new AbortController()): Promise<string[]> {
    return Promise.all(
      parts.map((part) => checksumPart(kind, part, signal).catch((error) => error?.name ?? String(error))),
    )
  },

  allUntilAborted(kind: ChecksumKind): Promise<string[]> {
    stop = new AbortController()
    return checksums.all(kind, stop)
  },

  /** Ends {@link allUntilAborted}. */
  abort(reason: string): void {
    stop.abort(reason)
  },
}

Object.assign(window, { checksums })
