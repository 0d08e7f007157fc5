// Reads a blob of any size once, from its first byte to its last, in constant memory. The plugin reads files only here.
// The file may be on a drive that fails for a while, or does not answer.
import { delay, isOffline } from './delay.js'

/** Most bytes read at a time. */
const BUFFER_BYTES = 1024 * 1024

/** Wait before a failed read is first tried again. It doubles each time. */
const FIRST_WAIT_MS = 100
/**
 * After failing this long, not counting time offline, a file is unreadable. In WebKit all reads fail for some 200 ms
 * whenever a navigation begins, even if the page stays.
 */
const BELIEVED_AFTER_MS = 5000
/** A read that has returned nothing by then hangs. */
const HANGS_AFTER_MS = 5000

/** Called when a read hangs, and when it no longer does. */
export type OnHang = (hangs: boolean) => void

/**
 * Chromium (seen in 156) collects a stream without references even during a read into the caller's memory, and then the
 * read never ends.
 */
const underWay = new Set<Reader>()

/**
 * The blob's bytes, piece by piece. Each piece overwrites the last.
 * @throws the signal's reason. A DOMException `NotReadableError` if the file was changed, deleted or is out of reach.
 */
export async function* readBlob(
  blob: Blob,
  signal: AbortSignal,
  onHang: OnHang = () => {},
): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted()
  let read = 0
  let failures = 0
  let waitedMs = 0
  for (;;) {
    try {
      for await (const bytes of readOnce(read === 0 ? blob : blob.slice(read), signal, onHang)) {
        read += bytes.length
        failures = waitedMs = 0
        yield bytes
      }
      if (read === blob.size) return
    } catch {
      // The browser's error does not help: Chromium's streams say "network error".
      signal.throwIfAborted()
    }
    // The read failed, or ended early, as for a file that is truncated meanwhile.
    if (waitedMs >= BELIEVED_AFTER_MS) {
      throw new DOMException('The file cannot be read to its end.', 'NotReadableError')
    }
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** failures++, BELIEVED_AFTER_MS - waitedMs)
    await delay(waitMs, signal)
    if (!isOffline()) waitedMs += waitMs
  }
}

/** All of it at once. @throws as {@link readBlob} */
export async function readWhole(
  blob: Blob,
  signal: AbortSignal,
  onHang?: OnHang,
): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(blob.size)
  let at = 0
  for await (const bytes of readBlob(blob, signal, onHang)) {
    whole.set(bytes, at)
    at += bytes.length
  }
  return whole
}

async function* readOnce(
  blob: Blob,
  signal: AbortSignal,
  onHang: OnHang,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = openReader(blob)
  underWay.add(reader)
  // Ends a read in flight.
  const stop = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', stop)
  try {
    for (;;) {
      const bytes = await watch(reader.read(), onHang)
      signal.throwIfAborted()
      if (!bytes) return
      yield bytes
    }
  } finally {
    signal.removeEventListener('abort', stop)
    underWay.delete(reader)
    stop()
  }
}

async function watch<T>(reading: Promise<T>, onHang: OnHang): Promise<T> {
  let hangs = false
  const timer = setTimeout(() => {
    hangs = true
    onHang(true)
  }, HANGS_AFTER_MS)
  try {
    return await reading
  } finally {
    clearTimeout(timer)
    if (hangs) onHang(false)
  }
}

interface Reader {
  /** `undefined` at the end. */
  read(): Promise<Uint8Array | undefined>
  cancel(): Promise<void>
}

function openReader(blob: Blob): Reader {
  const stream = blob.stream()
  try {
    // Always reads into the same memory: a quarter faster, and no garbage.
    const reader = stream.getReader({ mode: 'byob' })
    let buffer = new ArrayBuffer(BUFFER_BYTES)
    return {
      async read() {
        const { done, value } = await reader.read(new Uint8Array(buffer))
        if (done) return undefined
        buffer = value.buffer
        return value
      },
      cancel: () => reader.cancel(),
    }
  } catch {
    // Not every browser's blobs support byte readers.
    const reader = stream.getReader()
    return {
      read: async () => (await reader.read()).value,
      cancel: () => reader.cancel(),
    }
  }
}
