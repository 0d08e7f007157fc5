// The only code that sends bytes to S3: an XMLHttpRequest with a watchdog.
import { parseRetryAfter } from './retry-after.js'

/** One transfer. */
export interface Transfer {
  method: 'POST' | 'PUT'
  url: string
  headers?: Record<string, string>
  body: Blob | FormData
  /** Bytes of the file in `body`. */
  size: number
  signal: AbortSignal
  stallTimeoutMs: number
  /**
   * Called with the bytes of the file sent so far. Leave it out for a transfer that must not cost a preflight: an upload
   * listener makes a cross-origin request need one (https://fetch.spec.whatwg.org/#concept-request-mode).
   */
  onProgress?: ((bytes: number) => void) | undefined
}

/** The answer to a transfer. */
export interface Answer {
  /** HTTP status; 0 when there was no answer that the page may read. */
  status: number
  /** Whether the watchdog ended it. */
  stalled: boolean
  /** S3's error code, or ''. */
  storageCode: string
  /** From `Retry-After`; 0 without one. */
  retryAfterMs: number
}

/** Without progress events, a slower transfer counts as stalled. */
const SLOWEST_BYTES_PER_MS = 8.192
/** A proxy that has received everything forwards it at this speed at least. */
const PROXY_BYTES_PER_MS = 1024

/** Sends, and resolves with the answer. Rejects only with the signal's reason, after the request is aborted. */
export function send(transfer: Transfer): Promise<Answer> {
  const { method, url, headers = {}, body, size, signal, stallTimeoutMs, onProgress } = transfer
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = new XMLHttpRequest()
    let stalled = false
    let watchdog: ReturnType<typeof setTimeout>
    const expectProgressIn = (ms: number) => {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => {
        stalled = true
        request.abort()
      }, ms)
    }
    const abort = () => request.abort()

    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    if (onProgress) {
      request.upload.onprogress = ({ loaded, total }) => {
        expectProgressIn(stallTimeoutMs + (loaded === total ? size / PROXY_BYTES_PER_MS : 0))
        // A form's `total` counts its fields too.
        onProgress(total > 0 ? Math.floor(size * (loaded / total)) : 0)
      }
    }
    // Fires once, whatever ends the request.
    request.onloadend = () => {
      clearTimeout(watchdog)
      signal.removeEventListener('abort', abort)
      if (signal.aborted) reject(signal.reason)
      else resolve(readAnswer(request, stalled))
    }
    signal.addEventListener('abort', abort)
    expectProgressIn(stallTimeoutMs + (onProgress ? 0 : size / SLOWEST_BYTES_PER_MS))
    request.send(body)
  })
}

function readAnswer(request: XMLHttpRequest, stalled: boolean): Answer {
  const { status } = request
  const storageCode = status >= 400 ? (/<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1] ?? '') : ''
  // Not read by name: browsers log a warning for each header that CORS hides.
  const retryAfter = /^retry-after: *(.+?) *$/im.exec(request.getAllResponseHeaders())?.[1]
  return { status, stalled, storageCode, retryAfterMs: parseRetryAfter(retryAfter) }
}
