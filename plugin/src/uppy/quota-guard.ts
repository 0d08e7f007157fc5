// Applies the user's remaining quota when files are added, instead of once for each file that the server refuses.
import type { QuotaLeft } from '@partway/server/protocol'
import type { Body, Meta, Uppy, UppyFile } from '@uppy/core'
import { callListeners } from './call-listeners.js'

/** What a quota has no room for. */
export type OverQuota = { room: number } | { name: string }

/**
 * Has Uppy take no more files than the quota has room for. It never refuses one whose upload is unfinished: that one already
 * counts, but which file it is is not known yet, so each unfinished upload leaves room for one file.
 *
 * @param refused Called once for files that are added at once.
 * @returns Undoes it, unless the page has since set its own `onBeforeFileAdded`.
 */
export function guardQuota<M extends Meta, B extends Body>(
  uppy: Pick<Uppy<M, B>, 'opts' | 'setOptions' | 'getFiles'>,
  { files, bytes, unfinished }: QuotaLeft,
  refused: (why: OverQuota) => void,
): () => void {
  const { onBeforeFileAdded } = uppy.opts
  const maxFiles = files === null ? Number.POSITIVE_INFINITY : files + unfinished
  const maxBytes = bytes === null || unfinished > 0 ? Number.POSITIVE_INFINITY : bytes
  const started = uppy.getFiles().filter(({ progress }) => progress.uploadStarted)
  const counted = new Set(started.map(({ id }) => id))
  let isTold = false

  const findExcess = (file: UppyFile<M, B>, added: Record<string, UppyFile<M, B>>): OverQuota | undefined => {
    const waiting = Object.values(added).filter(({ id }) => id !== file.id && !counted.has(id))
    if (waiting.length >= maxFiles) return { room: maxFiles }
    const total = waiting.reduce((sum, { size }) => sum + (size ?? 0), file.size ?? 0)
    return total > maxBytes ? { name: file.name } : undefined
  }
  const guard: typeof onBeforeFileAdded = (file, added) => {
    const answer = onBeforeFileAdded(file, added)
    const excess = answer === false ? undefined : findExcess(file, added)
    if (!excess) return answer
    if (!isTold) refused(excess)
    isTold = true
    queueMicrotask(() => {
      isTold = false
    })
    return false
  }
  callListeners(() => uppy.setOptions({ onBeforeFileAdded: guard }))
  return () => {
    if (uppy.opts.onBeforeFileAdded !== guard) return
    callListeners(() => uppy.setOptions({ onBeforeFileAdded }))
  }
}
