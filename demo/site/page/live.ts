// What the server tells the page while it is open; a stream that ends is opened again.

import type { Faults } from '../../break-it/faults.js'
import type { UploadPicture } from '../../break-it/watched-upload.js'

/** Events by name, with their data. */
export interface LiveEvents {
  quota: { used: number; limit: number }
  library: object
  parts: UploadPicture[]
  /** Bytes that reached S3 since the last one. */
  traffic: { bytes: number }
  faults: Faults
  /** Whether the server is there. */
  connected: boolean
}

const REOPEN_AFTER_MS = 1000

export class Live {
  readonly #listeners = new Map<string, ((data: never) => void)[]>()
  #stream: EventSource | undefined

  on<K extends keyof LiveEvents>(event: K, listener: (data: LiveEvents[K]) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener])
  }

  /** Call it once everybody listens: the first events tell how things are. */
  open(): void {
    const stream = new EventSource('/live')
    this.#stream = stream
    stream.onopen = () => this.#tell('connected', true)
    stream.onerror = () => {
      this.#tell('connected', false)
      // Browsers try again by themselves, but not after an answer such as 503.
      if (stream.readyState === EventSource.CLOSED && this.#stream === stream) {
        setTimeout(() => this.open(), REOPEN_AFTER_MS)
      }
    }
    for (const event of ['quota', 'library', 'parts', 'traffic', 'faults'] as const) {
      stream.addEventListener(event, ({ data }) => this.#tell(event, JSON.parse(data)))
    }
  }

  #tell<K extends keyof LiveEvents>(event: K, data: LiveEvents[K]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(data as never)
  }
}
