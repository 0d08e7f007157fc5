// Receives the server's events while a page is open. All tabs of a browser share one stream: each would hold one of the six
// connections that a browser opens to a host, and uploads need those.

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

type LiveEvent = { [Name in keyof LiveEvents]: { name: Name; data: LiveEvents[Name] } }[keyof LiveEvents]

/** A tab that has just become visible asks the tab with the stream for the present state. */
type Message = LiveEvent | 'what is the state?'

const REOPEN_AFTER_MS = 1000

export class Live {
  readonly #listeners = new Map<string, ((data: never) => void)[]>()
  readonly #channel: BroadcastChannel
  /** The latest of each event that describes a state. Only the tab with the stream has it. */
  readonly #state = new Map<string, LiveEvent>()
  #stream: EventSource | undefined
  #hidden = new AbortController()

  /** @param owner who is signed in: each person's tabs share one stream */
  constructor(private readonly owner: string) {
    this.#channel = new BroadcastChannel(`live ${owner}`)
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data !== 'what is the state?') return this.#tell(data)
      for (const event of this.#state.values()) this.#channel.postMessage(event)
    }
  }

  on<K extends keyof LiveEvents>(event: K, listener: (data: LiveEvents[K]) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener])
  }

  /** Call it once all listeners are added: the first events describe the present state. */
  open(): void {
    const follow = () => {
      this.#hidden.abort()
      this.#hidden = new AbortController()
      if (document.visibilityState === 'visible') void this.#follow(this.#hidden.signal)
    }
    document.addEventListener('visibilitychange', follow)
    follow()
  }

  /** Receives events until the page is hidden: from the tab that has the stream, or else from the server. */
  async #follow(hidden: AbortSignal): Promise<void> {
    this.#channel.postMessage('what is the state?' satisfies Message)
    const untilHidden = () => new Promise((resolve) => hidden.addEventListener('abort', resolve))
    const haveStream = async () => {
      // Hidden just as it got the lock: nothing would end the waiting below.
      if (hidden.aborted) return
      this.#connect(hidden)
      await untilHidden()
      this.#stream?.close()
      this.#state.clear()
    }
    // The signal ends only the waiting for the lock.
    await navigator.locks.request(`live ${this.owner}`, { signal: hidden }, haveStream).catch(() => {})
  }

  #connect(hidden: AbortSignal): void {
    // The reconnect timer may fire in a tab that is hidden by now.
    if (hidden.aborted) return
    const stream = new EventSource('/live')
    this.#stream = stream
    stream.onopen = () => this.#pass({ name: 'connected', data: true })
    stream.onerror = () => {
      this.#pass({ name: 'connected', data: false })
      // Browsers reconnect by themselves, but not after a reply such as 503.
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => this.#connect(hidden), REOPEN_AFTER_MS)
    }
    for (const name of ['quota', 'library', 'parts', 'traffic', 'faults'] as const) {
      stream.addEventListener(name, ({ data }) => this.#pass({ name, data: JSON.parse(data) }))
    }
  }

  /** Passes the event to this tab and the others. */
  #pass(event: LiveEvent): void {
    if (event.name !== 'traffic' && event.name !== 'library') this.#state.set(event.name, event)
    this.#channel.postMessage(event)
    this.#tell(event)
  }

  #tell({ name, data }: LiveEvent): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(data as never)
  }
}
