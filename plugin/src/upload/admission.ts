// Limits how many files are in flight. An upload is created shortly before it is sent, because it costs state on S3
// and its signatures expire.

import type { Scheduler } from '../transfer/scheduler.js'
import type { UploadRecord } from './upload-record.js'

/** Files below this are small: they are sent quickly, and have their own queues. */
const SMALL_FILE_BYTES = 5 * 1024 * 1024
/** Files in one request each, as many as one `/create` call takes. They cost S3 nothing before they are sent. */
const SINGLE_FILES = 100
const SINGLE_FILES_BYTES = 64 * 1024 * 1024
/** Large files created while earlier ones still use all slots, so that no slot waits for `/create`. */
const CREATED_EARLY = 2

interface File {
  data: Blob
  record: UploadRecord | undefined
}

interface Queued {
  size: number
  admit(): void
}

class Queue {
  readonly inFlight = new Set<Queued>()
  readonly waiting = new Set<Queued>()

  /** @param room how many more may enter */
  constructor(
    private readonly room: (inFlight: Set<Queued>) => number,
    private readonly mostBytes = Number.POSITIVE_INFINITY,
  ) {}

  /** Admits waiting files in order while there is room. */
  admit(): void {
    let sum = bytes(this.inFlight)
    for (let left = this.room(this.inFlight); left > 0 && sum < this.mostBytes; left--) {
      const [next] = this.waiting
      if (!next) return
      this.waiting.delete(next)
      this.inFlight.add(next)
      next.admit()
      sum += next.size
    }
  }
}

/** Admits files in order from three queues: small in one request, small in parts, and large. */
export class Admission {
  // Refills when half have left: later, the rest would be sent before the one call that creates the next has returned.
  readonly #single = new Queue(
    (inFlight) =>
      inFlight.size > SINGLE_FILES / 2 || bytes(inFlight) > SINGLE_FILES_BYTES / 2 ? 0 : SINGLE_FILES,
    SINGLE_FILES_BYTES,
  )
  // Two files per slot: while one is sent, another is created.
  readonly #inParts = new Queue(({ size }) => {
    const { slots } = this.scheduler
    return size > slots ? 0 : 2 * slots - size
  })
  readonly #large = new Queue(({ size }) => this.scheduler.slots + CREATED_EARLY - size)
  readonly #inside = new Map<File, { queue: Queue; queued: Queued }>()

  /**
   * @param scheduler Gives admitted files their slots.
   * @param goesInParts Whether a file is, or will be, granted in parts.
   * @param smallFilesGone Called when no more small files that go (or do not go) in parts are in flight.
   */
  constructor(
    private readonly scheduler: Pick<Scheduler, 'slots' | 'reserveForSmall'>,
    private readonly goesInParts: (file: File) => boolean,
    private readonly smallFilesGone: (inParts: boolean) => void = () => {},
  ) {}

  /** Whether small files that go (or do not go) in parts are in flight. */
  hasSmallFiles(inParts: boolean): boolean {
    return (inParts ? this.#inParts : this.#single).inFlight.size > 0
  }

  /** Runs `task` when the file is admitted. An abort while it waits rejects with the signal's reason. */
  async run<T>(file: File, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    if (file.data.size >= SMALL_FILE_BYTES) return await this.#enter(file, this.#large, signal, task)
    const isThrough = this.scheduler.reserveForSmall(file)
    const queue = this.goesInParts(file) ? this.#inParts : this.#single
    try {
      return await this.#enter(file, queue, signal, task)
    } finally {
      isThrough()
    }
  }

  /** Frees the room of a file that cannot go on, until it can. */
  setAside(file: File, isAside: boolean): void {
    const inside = this.#inside.get(file)
    if (!inside) return
    const { queue, queued } = inside
    if (isAside) this.#leave(queue, queued)
    else queue.inFlight.add(queued)
  }

  async #enter<T>(file: File, queue: Queue, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    const queued = { size: file.data.size, admit: () => {} }
    await new Promise<void>((resolve, reject) => {
      signal.throwIfAborted()
      const leave = () => {
        queue.waiting.delete(queued)
        reject(signal.reason)
      }
      queued.admit = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      signal.addEventListener('abort', leave)
      queue.waiting.add(queued)
      queue.admit()
    })
    this.#inside.set(file, { queue, queued })
    try {
      return await task()
    } finally {
      this.#inside.delete(file)
      this.#leave(queue, queued)
    }
  }

  #leave(queue: Queue, queued: Queued): void {
    queue.inFlight.delete(queued)
    queue.admit()
    if (queue.inFlight.size === 0 && queue !== this.#large) this.smallFilesGone(queue === this.#inParts)
  }
}

function bytes(files: Set<Queued>): number {
  let sum = 0
  for (const { size } of files) sum += size
  return sum
}
