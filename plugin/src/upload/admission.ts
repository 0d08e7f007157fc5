// How many files are under way at a time: an upload is created when its turn to send is near, because it costs
// state on S3 and its signatures expire.

import type { Scheduler } from '../transfer/scheduler.js'
import type { UploadRecord } from './upload-record.js'

/** Files below this are sent quickly: they have doors of their own. */
const SMALL_FILE_BYTES = 5 * 1024 * 1024
/** In one request each: these cost S3 nothing before they are sent. As many as are created in one call. */
const WHOLE_FILES = 100
const WHOLE_FILES_BYTES = 64 * 1024 * 1024
/** Large files that are created while the ones before still use all slots, so that no slot waits for `/create`. */
const AHEAD = 2

interface File {
  data: Blob
  record: UploadRecord | undefined
}

interface Place {
  size: number
  enter(): void
}

class Door {
  readonly open = new Set<Place>()
  readonly waiting = new Set<Place>()

  /** @param room how many more may enter */
  constructor(
    private readonly room: (open: Set<Place>) => number,
    private readonly mostBytes = Number.POSITIVE_INFINITY,
  ) {}

  /** Lets in, in order, as far as there is room. */
  admit(): void {
    let sum = bytes(this.open)
    for (let left = this.room(this.open); left > 0 && sum < this.mostBytes; left--) {
      const [next] = this.waiting
      if (!next) return
      this.waiting.delete(next)
      this.open.add(next)
      next.enter()
      sum += next.size
    }
  }
}

/** Lets files in, in order, through doors: small ones in one request, small ones in parts, and large ones. */
export class Admission {
  // Again when half have left: so few are left that they would be sent before the next are created, which go in one call.
  readonly #whole = new Door(
    (open) => (open.size > WHOLE_FILES / 2 || bytes(open) > WHOLE_FILES_BYTES / 2 ? 0 : WHOLE_FILES),
    WHOLE_FILES_BYTES,
  )
  // As many are created as are sent.
  readonly #inParts = new Door(({ size }) => {
    const { slots } = this.scheduler
    return size > slots ? 0 : 2 * slots - size
  })
  readonly #large = new Door(({ size }) => this.scheduler.slots + AHEAD - size)
  readonly #inside = new Map<File, { door: Door; place: Place }>()

  /**
   * @param scheduler Where files that are let in get their slots.
   * @param goesInParts Whether a file is, or will be, granted in parts.
   * @param smallFilesGone Told when the last small file under way of those that go, or do not go, in parts has left.
   */
  constructor(
    private readonly scheduler: Pick<Scheduler, 'slots' | 'expectSmall'>,
    private readonly goesInParts: (file: File) => boolean,
    private readonly smallFilesGone: (inParts: boolean) => void = () => {},
  ) {}

  /** Whether small files are under way of those that go, or do not go, in parts. */
  hasSmallFiles(inParts: boolean): boolean {
    return (inParts ? this.#inParts : this.#whole).open.size > 0
  }

  /** Runs `task` for a file when it is let in. Rejects with the signal's reason while it waits. */
  async run<T>(file: File, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    if (file.data.size >= SMALL_FILE_BYTES) return await this.#enter(file, this.#large, signal, task)
    const isThrough = this.scheduler.expectSmall(file)
    const door = this.goesInParts(file) ? this.#inParts : this.#whole
    try {
      return await this.#enter(file, door, signal, task)
    } finally {
      isThrough()
    }
  }

  /** A file that cannot go on leaves its place to others until it can. */
  setAside(file: File, isAside: boolean): void {
    const inside = this.#inside.get(file)
    if (!inside) return
    const { door, place } = inside
    if (isAside) this.#leave(door, place)
    else door.open.add(place)
  }

  async #enter<T>(file: File, door: Door, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    const place = { size: file.data.size, enter: () => {} }
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
    this.#inside.set(file, { door, place })
    try {
      return await task()
    } finally {
      this.#inside.delete(file)
      this.#leave(door, place)
    }
  }

  #leave(door: Door, place: Place): void {
    door.open.delete(place)
    door.admit()
    if (door.open.size === 0 && door !== this.#large) this.smallFilesGone(door === this.#inParts)
  }
}

function bytes(places: Set<Place>): number {
  let sum = 0
  for (const { size } of places) sum += size
  return sum
}
