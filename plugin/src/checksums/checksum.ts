// A part's checksum, from a worker if the page can have one. Loads the code that computes it when it is first needed.
import type { ChecksumKind } from '@partway/server/protocol'
import type { OnHang } from '../transfer/read-blob.js'
import { untilAborted } from '../transfer/until-aborted.js'
import { yieldThread } from '../transfer/yield-thread.js'
import type { ChecksumReply, ChecksumRequest, ChecksumResult } from './checksum-worker.js'

/** Longest wait for the worker's script. */
const START_TIMEOUT_MS = 10_000

/** After this many bytes Chromium has compiled MD5, which takes some 100 ms. */
const WARM_UP_BYTES = 1024 ** 2

const prepared = new Set<ChecksumKind>()

/** One worker for the page, started for the first checksum. `undefined` if there can be none. */
let worker: Promise<Worker | undefined> | undefined

/**
 * The checksum of a part in base64, as `Content-MD5` and the `x-amz-checksum-*` headers need it.
 *
 * Any number can run concurrently; each reads through 1 MiB of memory, however large the part is. Without a worker they
 * are computed on the page's thread in slices of 8 ms.
 * @param onHang Called when the read hangs, and when it no longer does.
 * @returns `undefined`: the page cannot load the code that computes it.
 * @throws the signal's reason, at once. A DOMException `NotReadableError` if the file was changed, deleted or is out of reach.
 */
export async function checksumPart(
  kind: ChecksumKind,
  blob: Blob,
  signal: AbortSignal,
  onHang: OnHang = () => {},
): Promise<string | undefined> {
  signal.throwIfAborted()
  return await untilAborted(compute({ kind, blob }, signal, onHang), signal)
}

/** Starts the worker before the first checksum, and has the browser compile the code. */
export function prepareChecksums(kind: ChecksumKind): void {
  if (prepared.has(kind)) return
  prepared.add(kind)
  const { signal } = new AbortController()
  checksumPart(kind, new Blob([new Uint8Array(WARM_UP_BYTES)]), signal).catch(() => {})
}

async function compute(
  request: ChecksumRequest,
  signal: AbortSignal,
  onHang: OnHang,
): Promise<string | undefined> {
  worker ??= startWorker()
  const started = await worker
  const reply = started && (await ask(started, request, signal, onHang))
  if (!reply) return await computeHere(request, signal, onHang)
  if ('checksum' in reply) return reply.checksum
  throw new DOMException(reply.message, reply.name)
}

async function computeHere(
  { kind, blob }: ChecksumRequest,
  signal: AbortSignal,
  onHang: OnHang,
): Promise<string | undefined> {
  const script = await import('./hash-blob.js').catch(() => undefined)
  // The worker's script may have been missing for the same reason: lets the next call start it again.
  if (!script) worker = undefined
  return script?.hashBlob(kind, blob, signal, onHang, yieldThread)
}

/** `undefined` if the worker dies. */
function ask(
  worker: Worker,
  request: ChecksumRequest,
  signal: AbortSignal,
  onHang: OnHang,
): Promise<ChecksumResult | undefined> {
  return new Promise((resolve) => {
    signal.throwIfAborted()
    const { port1, port2 } = new MessageChannel()
    const end = (reply?: ChecksumResult) => {
      port1.close()
      worker.removeEventListener('error', died)
      signal.removeEventListener('abort', stop)
      resolve(reply)
    }
    const died = () => end()
    const stop = () => port1.postMessage(undefined)
    worker.addEventListener('error', died)
    signal.addEventListener('abort', stop)
    port1.onmessage = ({ data }: MessageEvent<ChecksumReply>) =>
      'hangs' in data ? onHang(data.hangs) : end(data)
    worker.postMessage(request, [port2])
  })
}

/**
 * Many things can prevent a worker, each in its own way: a Content-Security-Policy, a script from another origin, a
 * bundler that omits the script because it does not support this form.
 */
function startWorker(): Promise<Worker | undefined> {
  return new Promise((resolve) => {
    const without = () => {
      worker = Promise.resolve(undefined)
      resolve(undefined)
    }
    try {
      // Bundlers find the script by exactly this form.
      const started = new Worker(new URL('./checksum-worker.js', import.meta.url), { type: 'module' })
      const giveUp = () => {
        started.terminate()
        without()
      }
      const timer = setTimeout(giveUp, START_TIMEOUT_MS)
      started.addEventListener('error', (event) => {
        // Handled here: keeps the error from the page.
        event.preventDefault()
        clearTimeout(timer)
        giveUp()
      })
      started.addEventListener('message', () => {
        clearTimeout(timer)
        resolve(started)
      })
    } catch {
      without()
    }
  })
}
