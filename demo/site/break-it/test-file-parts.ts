// Follows the parts of the test file and the connection to the server, and waits for changes of them.
import type { PartState, UploadPicture } from '../../break-it/watched-upload.js'
import type { Live } from '../page/live.js'
import { TEST_FILE_NAME } from '../unfinished/test-file.js'

export class TestFileParts {
  isConnected = true
  #inFlight: UploadPicture | undefined
  readonly #changed = new EventTarget()

  constructor(live: Live) {
    live.on('parts', (pictures) => {
      this.#inFlight = pictures.findLast(({ name, isComplete }) => name === TEST_FILE_NAME && !isComplete)
      this.#changed.dispatchEvent(new Event('change'))
    })
    live.on('connected', (isConnected) => {
      this.isConnected = isConnected
      this.#changed.dispatchEvent(new Event('change'))
    })
  }

  /** The object's key; `undefined` if no upload is in flight. */
  get key(): string | undefined {
    return this.#inFlight?.key
  }

  /** How many parts of the upload in flight have the state. */
  count(state: PartState): number {
    return this.#inFlight?.parts.filter((its) => its === state).length ?? 0
  }

  /** Resolves once `isSo()`. Rejects with the signal's reason. */
  until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const ended = new AbortController()
      const look = () => {
        if (!isSo()) return
        ended.abort()
        resolve()
      }
      const stop = () => {
        ended.abort()
        reject(signal.reason)
      }
      this.#changed.addEventListener('change', look, { signal: ended.signal })
      signal.addEventListener('abort', stop, { signal: ended.signal })
      look()
    })
  }
}
