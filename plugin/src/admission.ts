// How many files are under way at a time: an upload is created when its turn to send is near, because it costs
// state on S3 and its signatures expire.
import type { FileUpload } from './file-upload.js'
import type { Scheduler } from './scheduler.js'

/** Files below this cost S3 nothing before they are sent; many of them are created in one call. */
const SMALL_FILE_BYTES = 5 * 1024 * 1024
/** Created in one call. */
const SMALL_FILES = 100
const SMALL_FILES_BYTES = 64 * 1024 * 1024
/** Large files that are created while the ones before still use all slots, so that no slot waits for `/create`. */
const AHEAD = 2

interface Place {
  size: number
  enter(): void
}

interface Door {
  /** Opens the door, as far as there is room. */
  admit(): void
  open: Set<Place>
  waiting: Set<Place>
}

/** Lets files in, in order, small and large ones through doors of their own. */
export class Admission {
  readonly #small: Door = {
    open: new Set(),
    waiting: new Set(),
    admit: () => {
      // As many as go in one call, when so few are left that they would be sent before the next are created.
      const { open, waiting } = this.#small
      if (open.size > SMALL_FILES / 2 || bytes(open) > SMALL_FILES_BYTES / 2) return
      let sum = bytes(open)
      for (let i = 0; i < SMALL_FILES && sum < SMALL_FILES_BYTES && waiting.size > 0; i++) {
        sum += letIn(this.#small)
      }
    },
  }
  readonly #large: Door = {
    open: new Set(),
    waiting: new Set(),
    admit: () => {
      while (this.#large.open.size < this.scheduler.slots + AHEAD && this.#large.waiting.size > 0)
        letIn(this.#large)
    },
  }

  /**
   * @param scheduler Where files that are let in get their slots.
   * @param smallFilesGone Told when the last small file under way has left.
   */
  constructor(
    private readonly scheduler: Pick<Scheduler, 'slots' | 'expectSmall'>,
    private readonly smallFilesGone: () => void = () => {},
  ) {}

  /** Small files that are under way. */
  get smallFiles(): number {
    return this.#small.open.size
  }

  /** Runs `task` for a file when it is let in. Rejects with the signal's reason while it waits. */
  async run<T>(file: Pick<FileUpload, 'data'>, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    const { size } = file.data
    if (size >= SMALL_FILE_BYTES) return await this.#enter(this.#large, size, signal, task)
    const isThrough = this.scheduler.expectSmall(file)
    try {
      return await this.#enter(this.#small, size, signal, task)
    } finally {
      isThrough()
    }
  }

  async #enter<T>(door: Door, size: number, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    const place = { size, enter: () => {} }
    await new Promise<void>((resolve, reject) => {
      signal.throwIfAborted()
      const leave = () => {
        door.waiting.delete(place)
        reject(signal.reason)
      }
      place.enter = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      signal.addEventListener('abort', leave)
      door.waiting.add(place)
      door.admit()
    })
    try {
      return await task()
    } finally {
      door.open.delete(place)
      door.admit()
      if (door === this.#small && door.open.size === 0) this.smallFilesGone()
    }
  }
}

/** Lets the first one in and returns its bytes. */
function letIn({ open, waiting }: Door): number {
  const [next] = waiting
  if (!next) return 0
  waiting.delete(next)
  open.add(next)
  next.enter()
  return next.size
}

function bytes(places: Set<Place>): number {
  let sum = 0
  for (const { size } of places) sum += size
  return sum
}
