// Reads files in turn. One that hangs, as on a lost network drive or in a cloud that has yet to download it, does not hold up
// the others, and goes on when its read returns.

import { ClientError } from '../errors.js'
import type { Settings } from '../settings.js'
import { isOffline, LONGEST_TIMER_MS } from '../transfer/delay.js'
import { type OnHang, readWhole } from '../transfer/read-blob.js'
import type { Scheduler } from '../transfer/scheduler.js'

/** How far a browser may read ahead of what it sends. */
const AHEAD_BYTES = 1024 * 1024

/** Shortest patience with a hanging read: while offline, it restarts again and again. */
const SHORTEST_PATIENCE_MS = 1000

/** What reading needs of a file. */
export interface ReadableFile {
  readonly request: { readonly name: string }
  readonly identity: { readonly reading: Scheduler }
  /** Called when it cannot go on, because its read hangs or another tab uploads it, and with `undefined` when it can. */
  readonly waitsFor?: (what: 'drive' | 'tab' | undefined) => void
}

/** Reads until the signal aborts, and reports when it hangs. */
export type Read<T> = (signal: AbortSignal, onHang: OnHang) => Promise<T>

/**
 * Runs `read` in a slot, which is free for others while it hangs.
 * @throws what `read` throws, or the signal's reason. ClientError `file_unreadable` if the file cannot be read, or hangs until
 * `giveUpAfterMs` has passed.
 */
export async function readInTurn<T>(
  file: ReadableFile,
  slots: Scheduler,
  { settings }: { settings(): Settings },
  signal: AbortSignal,
  read: Read<T>,
): Promise<T> {
  const { identity, request } = file
  const unreadable = new ClientError('file_unreadable', { name: request.name })
  const ending = new AbortController()
  let patience: ReturnType<typeof setTimeout> | undefined
  const beginPatience = () => {
    const { giveUpAfterMs } = settings().retry
    const ms = Math.min(Math.max(giveUpAfterMs, SHORTEST_PATIENCE_MS), LONGEST_TIMER_MS)
    // It may be a network drive.
    patience = setTimeout(() => (isOffline() ? beginPatience() : ending.abort(unreadable)), ms)
  }
  const readAndTell = async (free: () => void): Promise<T> => {
    let isHanging = false
    let isOver = false
    const onHang = (hangs: boolean) => {
      // A worker may still tell of a read that was ended.
      if (isOver || hangs === isHanging) return
      isHanging = hangs
      clearTimeout(patience)
      if (hangs) beginPatience()
      if (hangs) free()
      file.waitsFor?.(hangs ? 'drive' : undefined)
    }
    try {
      return await read(AbortSignal.any([signal, ending.signal]), onHang)
    } finally {
      onHang(false)
      isOver = true
      free()
    }
  }
  const takeTurn = () =>
    new Promise<T>((resolve, reject) => {
      const task = () => new Promise<void>((free) => void readAndTell(free).then(resolve, reject))
      slots.run(file, signal, task).catch(reject)
    })
  try {
    return await identity.reading.run(file, signal, takeTurn)
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof DOMException ? unreadable : error
  }
}

/**
 * Checks the file of a failed transfer: if it cannot be read, the failure looks like a lost network.
 * @param unsent what was not sent when the transfer ended
 * @throws as {@link readInTurn}, if that was the cause
 */
export async function assertReadable(
  file: ReadableFile,
  unsent: Blob,
  context: { readers: Scheduler; settings(): Settings },
  signal: AbortSignal,
): Promise<void> {
  const next = unsent.slice(0, AHEAD_BYTES)
  await readInTurn(file, context.readers, context, signal, (stop, onHang) => readWhole(next, stop, onHang))
}
