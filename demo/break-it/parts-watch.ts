// Watches the parts of all uploads in flight, and reports their states to the pages of their owners.
import type { Live } from '../live.js'
import { type PartState, type UploadPicture, WatchedUpload } from './watched-upload.js'

/** Users would not notice more frequent updates. */
const TELL_EVERY_MS = 150
const MAX_UPLOADS_PER_OWNER = 6
const MAX_UPLOADS = 500

export class PartsWatch {
  /** By key, the latest last. */
  readonly #uploads = new Map<string, WatchedUpload>()
  readonly #keysOfTickets = new Map<string, string>()
  readonly #changedOwners = new Set<string>()
  readonly #bytes = new Map<string, number>()
  readonly #timer: NodeJS.Timeout

  constructor(private readonly live: Live) {
    live.greet((owner, tell) => tell('parts', this.pictures(owner)))
    this.#timer = setInterval(() => this.#tell(), TELL_EVERY_MS).unref()
  }

  begin(ticket: string, key: string, partCount: number): void {
    this.#keysOfTickets.set(ticket, key)
    const known = this.#uploads.get(key)
    if (known && known.parts.length >= partCount) return
    this.#add(new WatchedUpload(key, partCount))
  }

  /** @param ticket of an upload that may be unknown, after a restart */
  find(ticket: string): WatchedUpload | undefined {
    return this.#uploads.get(this.#keysOfTickets.get(ticket) ?? '')
  }

  setPart(key: string, partNumber: number, state: PartState): void {
    const upload = this.#uploads.get(key) ?? this.#add(new WatchedUpload(key, partNumber))
    upload.set(partNumber, state)
    this.changed(upload)
  }

  /** @param key of an upload that may be unknown */
  complete(key: string): void {
    const upload = this.#uploads.get(key)
    if (!upload) return
    upload.isComplete = true
    this.changed(upload)
  }

  changed({ owner }: WatchedUpload): void {
    this.#changedOwners.add(owner)
  }

  forget(ticket: string): void {
    const upload = this.find(ticket)
    if (!upload) return
    this.#remove(upload.key)
    this.changed(upload)
  }

  countBytes(owner: string, bytes: number): void {
    this.#bytes.set(owner, (this.#bytes.get(owner) ?? 0) + bytes)
  }

  pictures(owner: string): UploadPicture[] {
    return [...this.#uploads.values()]
      .filter((upload) => upload.owner === owner)
      .map((upload) => upload.picture())
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #add(upload: WatchedUpload): WatchedUpload {
    this.#uploads.set(upload.key, upload)
    const own = [...this.#uploads.values()].filter(({ owner }) => owner === upload.owner)
    const [oldest] = own.length > MAX_UPLOADS_PER_OWNER ? own : this.#uploads.values()
    const isTooMany = own.length > MAX_UPLOADS_PER_OWNER || this.#uploads.size > MAX_UPLOADS
    if (oldest && isTooMany) this.#remove(oldest.key)
    this.changed(upload)
    return upload
  }

  #remove(key: string): void {
    this.#uploads.delete(key)
    for (const [ticket, keyOfTicket] of this.#keysOfTickets) {
      if (keyOfTicket === key) this.#keysOfTickets.delete(ticket)
    }
  }

  #tell(): void {
    for (const owner of this.#changedOwners) this.live.tell(owner, 'parts', this.pictures(owner))
    for (const [owner, bytes] of this.#bytes) this.live.tell(owner, 'traffic', { bytes })
    this.#changedOwners.clear()
    this.#bytes.clear()
  }
}
