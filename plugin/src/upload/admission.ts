// How many files are under way at a time: an upload is created when its turn to send is near, because it costs
// state on S3 and its signatures expire.

import type { Scheduler } from '../transfer/scheduler.js'
import type { UploadRecord } from './upload-record.js'

/** Files below this are small: they are sent quickly, and have queues of their own. */
const SMALL_FILE_BYTES = 5 * 1024 * 1024
/** In one request each: these cost S3 nothing before they are sent. As many as are created in one call. */
const SINGLE_FILES = 100
const SINGLE_FILES_BYTES = 64 * 1024 * 1024
/** Large files that are created while the ones before still use all slots, so that no slot waits for `/create`. */
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

  /** Lets in, in order, as far as there is room. */
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

/** Lets files in, in order, from three queues: small ones in one request, small ones in parts, and large ones. */
export class Admission {
  // Again when half have left: so few are left that they would be sent before the next are created, which go in one call.
  readonly #single = new Queue(
    (inFlight) =>
      inFlight.size > SINGLE_FILES / 2 || bytes(inFlight) > SINGLE_FILES_BYTES / 2 ? 0 : SINGLE_FILES,
    SINGLE_FILES_BYTES,
  )
  // As many are created as are sent.
  readonly #inParts = new Queue(({ size }) => {
    const { slots } = this.scheduler
    return size > slots ? 0 : 2 * slots - size
  })
  readonly #large = new Queue(({ size }) => this.scheduler.slots + CREATED_EARLY - size)
  readonly #inside = new Map<File, { queue: Queue; queued: Queued }>()

  /**
   * @param scheduler Where files that are let in get their slots.
   * @param goesInParts Whether a file is, or will be, granted in parts.
   * @param smallFilesGone Told when the last small file under way of those that go, or do not go, in parts has left.
   */
  constructor(
    private readonly scheduler: Pick<Scheduler, 'slots' | 'reserveForSmall'>,
    private readonly goesInParts: (file: File) => boolean,
    private readonly smallFilesGone: (inParts: boolean) => void = () => {},
  ) {}

  /** Whether small files are under way of those that go, or do not go, in parts. */
  hasSmallFiles(inParts: boolean): boolean {
    return (inParts ? this.#inParts : this.#single).inFlight.size > 0
  }

  /** Runs `task` for a file when it is let in. Rejects with the signal's reason while it waits. */
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

  /** A file that cannot go on leaves its room to others until it can. */
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
