// The journal records every granted upload that has not ended, as objects in a bucket. If its page or this server is lost,
// another one finds the upload here.
import type { ListedKey, S3 } from '../s3/s3.js'
import type { SecretKey } from '../tickets/secrets.js'
import type { Ticket } from '../tickets/ticket.js'
import type { Entry, FoundEntry } from './entry.js'
import { claimOf, isInParts, readMark, settledMark } from './entry-names.js'
import { openEntry, sealEntry } from './seal-entry.js'

export interface JournalRules {
  bucket: string
  prefix: string
  /** The first seals, all open. */
  keys: readonly [SecretKey, ...SecretKey[]]
}

/** A claim to deliver is stale after this. No look at the journal takes longer to finish an upload. */
const CLAIM_MS = 600_000

/** The fields that locate an upload in the journal. */
type Placed = Pick<Ticket, 'id' | 'entry'>

/** How to end an upload that two callers may try to end at the same time. */
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
   * @param replaced the entry that this one replaces
   * @returns `false` if another entry is there
   */
  async write(path: string, entry: Entry, replaced?: FoundEntry): Promise<boolean> {
    const sealed = await sealEntry(entry, path, this.#keys[0])
    // If a reply gets lost, the SDK's retry finds its own entry in the way.
    const isOwn = async () => (await this.s3.read(this.#address(path)))?.body === sealed
    try {
      const condition = replaced ? { etag: replaced.etag } : 'new'
      return (await this.s3.put(this.#address(path), sealed, condition)) || (await isOwn())
    } catch (error) {
      if (await isOwn().catch(() => false)) return true
      throw error
    }
  }

  /** `undefined`: there is none. `'unreadable'`: no known secret opens it, or it is of another version. */
  async read(path: string): Promise<FoundEntry | 'unreadable' | undefined> {
    const object = await this.s3.read(this.#address(path))
    if (!object) return undefined
    const entry = await openEntry(object.body, path, this.#keys)
    return entry ? { ...entry, path, etag: object.etag } : 'unreadable'
  }

  async exists(path: string): Promise<boolean> {
    return (await this.s3.headObject(this.#address(path))) !== undefined
  }

  /** Whether the upload has ended and the host was notified. */
  async hasEnded({ id, entry: { path, index } }: Placed): Promise<boolean> {
    if (isInParts(path)) {
      const found = await this.read(path)
      return typeof found !== 'object' || found.uploads[index]?.ticket.id !== id
    }
    let isThere = false
    for await (const { key } of this.list(path)) {
      if (key === path) isThere = true
      if (readMark(key)?.settled.has(index)) return true
    }
    return !isThere
  }

  /** Records that these uploads have ended and the host was notified. */
  async settle(ended: readonly Placed[]): Promise<void> {
    const paths = new Set(ended.map(({ entry }) => entry.path))
    const settled = await Promise.allSettled(
      [...paths].map((path) => this.#settleEntry(ended.filter(({ entry }) => entry.path === path))),
    )
    const failed = settled.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }

  async #settleEntry(ended: readonly Placed[]): Promise<void> {
    const [{ id, entry }] = ended as [Placed]
    const indexes = new Set(ended.map((each) => each.entry.index))
    if (indexes.size >= entry.count) await this.remove(entry.path, id)
    else await this.s3.put(this.#address(settledMark(entry.path, indexes)), '', 'new')
  }

  /**
   * Removes the entry if it still belongs to this upload: an upload in parts leaves its path to the next one of the same
   * file. Reads it first, because not all stores honor a condition on a deletion (Ceph, Cloudflare R2).
   */
  async remove(path: string, id: string): Promise<void> {
    if (!isInParts(path)) return await this.delete(path)
    const found = await this.read(path)
    if (typeof found !== 'object' || found.uploads[0]?.ticket.id !== id) return
    await this.s3.deleteObject(this.#address(path), found.etag)
  }

  /** Deletes the object at `path`, whatever it is. */
  async delete(path: string): Promise<void> {
    await this.s3.deleteObject(this.#address(path))
  }

  /**
   * The first claim wins. A second claim to deliver succeeds only once the first is stale.
   *
   * @returns whether the caller holds the claim
   */
  async claim({ id, entry }: Placed, claim: Claim): Promise<boolean> {
    const address = this.#address(claimOf(entry.path, id))
    if (await this.s3.put(address, claim, 'new')) return true
    const found = await this.s3.read(address)
    if (found?.body !== claim) return false
    return claim === 'cancel' || Date.now() - found.storedAt > CLAIM_MS
  }

  async unclaim({ id, entry }: Placed): Promise<void> {
    await this.delete(claimOf(entry.path, id))
  }

  /** Whether the upload has a claim of either kind. */
  async isClaimed({ id, entry }: Placed): Promise<boolean> {
    return await this.exists(claimOf(entry.path, id))
  }

  /** Whether its page has cancelled it. */
  async isCancelled({ id, entry }: Placed): Promise<boolean> {
    return (await this.s3.read(this.#address(claimOf(entry.path, id))))?.body === 'cancel'
  }

  /**
   * Lists the objects whose paths start with `start`, in path order; `key` is the path.
   *
   * @param after lists only paths after this one
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
