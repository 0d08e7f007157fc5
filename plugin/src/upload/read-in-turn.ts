// Files are read in turn. One that hangs, as on a network drive that is gone or in a cloud that has yet to bring it, keeps nobody
// else waiting, and goes on when its read comes back.

import { ClientError } from '../errors.js'
import { isOffline, LONGEST_TIMER_MS } from '../transfer/delay.js'
import { type OnHang, readWhole } from '../transfer/read-blob.js'
import { Scheduler } from '../transfer/scheduler.js'
import type { IdentifiableFile, UploadContext } from './file-upload.js'

/** As much as a browser may read ahead of what it sends. */
const AHEAD_BYTES = 1024 * 1024

/** Patience lasts so long at least: offline it begins again and again. */
const SHORTEST_PATIENCE_MS = 1000

/** Of each file one read at a time: no more than that hangs. */
const turns = new WeakMap<Blob, Scheduler>()

/** Reads until the signal aborts, and tells when that hangs. */
export type Read<T> = (signal: AbortSignal, onHang: OnHang) => Promise<T>

/**
 * Runs `read` in a slot, which is free for others while it hangs.
 * @throws what `read` throws, or the signal's reason. ClientError `file_unreadable` if the file cannot be read, or hangs until
 * `giveUpAfterMs` has passed.
 */
export async function readInTurn<T>(
  file: IdentifiableFile,
  slots: Scheduler,
  { settings }: Pick<UploadContext, 'settings'>,
  signal: AbortSignal,
  read: Read<T>,
): Promise<T> {
  const { data, request } = file
  const unreadable = new ClientError('file_unreadable', { name: request.name })
  const ending = new AbortController()
  let patience: ReturnType<typeof setTimeout> | undefined
  const beginPatience = () => {
    const { giveUpAfterMs } = settings().retry
    const ms = Math.min(Math.max(giveUpAfterMs, SHORTEST_PATIENCE_MS), LONGEST_TIMER_MS)
    // The drive may be one of the network.
    patience = setTimeout(() => (isOffline() ? beginPatience() : ending.abort(unreadable)), ms)
  }
  const readAndTell = async (free: () => void): Promise<T> => {
    let isHanging = false
    const onHang = (hangs: boolean) => {
      if (hangs === isHanging) return
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
      free()
    }
  }
  const takeTurn = () =>
    new Promise<T>((resolve, reject) => {
      const task = () => new Promise<void>((free) => void readAndTell(free).then(resolve, reject))
      slots.run(file, signal, task).catch(reject)
    })
  const turn = turns.get(data) ?? new Scheduler(1)
  turns.set(data, turn)
  try {
    return await turn.run(file, signal, takeTurn)
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof DOMException ? unreadable : error
  }
}

/**
 * A transfer whose file cannot be read looks like one whose network is gone.
 * @param unsent what had not left when it ended
 * @throws as {@link readInTurn}, if it was that
 */
export async function assertReadable(
  file: IdentifiableFile,
  unsent: Blob,
  context: UploadContext,
  signal: AbortSignal,
): Promise<void> {
  const next = unsent.slice(0, AHEAD_BYTES)
  await readInTurn(file, context.readers, context, signal, (stop, onHang) => readWhole(next, stop, onHang))
}
