// The journal: every upload that was granted and has not come to its end, as an object in a bucket. Whatever becomes of the
// page or of this server, another one finds it here.
import type { ListedKey, S3 } from '../s3/s3.js'
import type { SecretKey } from '../tickets/secrets.js'
import type { Entry, EntryRef, FoundEntry } from './entry.js'
import { claimOf, isInParts, settledMark } from './entry-names.js'
import { openEntry, sealEntry } from './seal-entry.js'

export interface JournalRules {
  bucket: string
  prefix: string
  /** The first seals, all open. */
  keys: readonly [SecretKey, ...SecretKey[]]
}

/** What becomes of a file that went in one request, whose page and the finisher may both decide. */
export type Claim = 'deliver' | 'cancel'

export class Journal {
  readonly #bucket: string
  readonly #prefix: string
  readonly #keys: JournalRules['keys']

  constructor(
    private readonly s3: Pick<S3, 'put' | 'read' | 'headObject' | 'deleteObject' | 'listPage'>,
    { bucket, prefix, keys }: JournalRules,
  ) {
    this.#bucket = bucket
    this.#prefix = prefix
    this.#keys = keys
  }

  /**
   * @param replaced the entry that this one takes the place of
   * @returns its ETag; `undefined`: another one is there
   */
  async write(path: string, entry: Entry, replaced?: FoundEntry): Promise<string | undefined> {
    const sealed = await sealEntry(entry, this.#keys[0])
    return await this.s3.put(this.#address(path), sealed, replaced ? { etag: replaced.etag } : 'new')
  }

  /** `undefined`: there is none. `'unreadable'`: it was sealed with a secret that is not known here. */
  async read(path: string): Promise<FoundEntry | 'unreadable' | undefined> {
    const object = await this.s3.read(this.#address(path))
    if (!object) return undefined
    const entry = await openEntry(object.body, this.#keys)
    return entry ? { ...entry, path, etag: object.etag } : 'unreadable'
  }

  async exists(path: string): Promise<boolean> {
    return (await this.s3.headObject(this.#address(path))) !== undefined
  }

  /** These uploads have come to their end, and the host has heard of it. */
  async settle(refs: readonly EntryRef[]): Promise<void> {
    const entries = new Map(refs.map((ref) => [ref.path, ref]))
    for (const { path, etag, count } of entries.values()) {
      const indexes = new Set(refs.filter((ref) => ref.path === path).map(({ index }) => index))
      if (indexes.size >= count) await this.remove(path, etag)
      else await this.s3.put(this.#address(settledMark(path, indexes)), '', 'new')
    }
  }

  /**
   * An entry or a mark. Only if it is still the one with this ETag: an upload in parts leaves its path to the next one of the same
   * file. It is looked at before, because not all stores heed a condition of a deletion.
   */
  async remove(path: string, etag: string): Promise<void> {
    const address = this.#address(path)
    if (isInParts(path) && (await this.s3.headObject(address))?.etag !== etag) return
    await this.s3.deleteObject(address, isInParts(path) ? etag : undefined)
  }

  /** Whoever is first decides. @returns what was decided */
  async claim({ path, index }: EntryRef, claim: Claim): Promise<Claim> {
    const address = this.#address(claimOf(path, index))
    if (await this.s3.put(address, claim, 'new')) return claim
    return (await this.s3.read(address))?.body === 'cancel' ? 'cancel' : 'deliver'
  }

  /** What was decided, if anything was. */
  async claimed({ path, index }: EntryRef): Promise<Claim | undefined> {
    const decided = await this.s3.read(this.#address(claimOf(path, index)))
    return decided && (decided.body === 'cancel' ? 'cancel' : 'deliver')
  }

  /**
   * What is kept under paths that start with `start`, in their order; `key` is the path.
   *
   * @param after a path: those behind it
   */
  async *list(start: string, after?: string): AsyncGenerator<ListedKey> {
    let last = after
    for (;;) {
      const behind = last === undefined ? undefined : this.#prefix + last
      const { objects, isLast } = await this.s3.listPage(this.#bucket, this.#prefix + start, behind)
      for (const object of objects) {
        last = object.key.slice(this.#prefix.length)
        yield { ...object, key: last }
      }
      if (isLast || objects.length === 0) return
    }
  }

  #address(path: string): { bucket: string; key: string } {
    return { bucket: this.#bucket, key: this.#prefix + path }
  }
}
