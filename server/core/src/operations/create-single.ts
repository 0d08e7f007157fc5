// Files that go in one request each. Each is started separately; one entry records them all before the page gets a grant.
import { randomUUID } from 'node:crypto'
import { clientGone } from '../client-gone.js'
import { PartwayError } from '../errors.js'
import type { FoundEntry } from '../journal/entry.js'
import { nameShared } from '../journal/entry-names.js'
import type { FormGrant, PutGrant } from '../protocol.js'
import type { SizedUpload } from '../rules/authorize.js'
import { UPLOAD_ID_METADATA } from '../rules/object-headers.js'
import type { Service } from '../service.js'
import { type SingleTicket, secondsNow } from '../tickets/ticket.js'
import { type Beginning, withReservation } from './undo-on-failure.js'

/** A file of the call that may be uploaded. */
export interface StartedSingle {
  kind: 'started'
  /** Position in the call. */
  index: number
  upload: SizedUpload
  ticket: SingleTicket
  /** An earlier try of the call started it, and the reply got lost. */
  isEarlier?: true
}

export type SingleGrant = FormGrant | PutGrant

/** How long a page retries one call. Its last signatures expire that much later than those of the first try. */
export const TRIED_AGAIN_SECONDS = 300

/** Files of one call that go in one request each. */
export class SingleBatch {
  readonly #path: string
  #earlier: Promise<FoundEntry | undefined> | undefined

  /**
   * @param count number of files in the call
   * @param call identifies the call, the same in each retry. `undefined`: the page sent no keys
   */
  constructor(
    private readonly service: Service,
    private readonly count: number,
    call: string | undefined,
    private readonly beginning: Beginning,
  ) {
    this.#path = beginning.folder + nameShared(call ?? randomUUID())
  }

  /** @throws PartwayError when the quota or the host's `onCreate` refuses */
  async begin(upload: SizedUpload, index: number): Promise<StartedSingle> {
    const { id, owner, bucket, key, size, md5 } = upload
    const begin = async (): Promise<StartedSingle> => {
      await this.service.notify.created(upload)
      const entry = { path: this.#path, index, count: this.count }
      const content = { size, ...(md5 !== undefined && { md5 }) }
      const ticket = {
        kind: 'single',
        id,
        bucket,
        key,
        owner,
        ...content,
        issuedAt: secondsNow(),
        entry,
      } as const
      return { kind: 'started', index, upload, ticket }
    }
    try {
      return await withReservation(this.service, { owner, id, bytes: size }, begin)
    } catch (refusal) {
      // The quota may already count it from an earlier try.
      const earlier = isOfQuota(refusal) ? await this.#findEarlier(index, upload) : undefined
      if (!earlier) throw refusal
      return earlier
    }
  }

  /**
   * Records the started uploads in the journal, and grants them.
   *
   * @returns grants in the order of `started`
   * @throws PartwayError when S3 fails; then none of them counts
   */
  async grant(started: StartedSingle[]): Promise<SingleGrant[]> {
    const fresh = started.filter(({ isEarlier }) => !isEarlier)
    try {
      if (this.service.signal.aborted) throw clientGone()
      const isFirst = fresh.length === 0 || (await this.#write(this.#path, fresh))
      const toGrant = isFirst ? started : await this.#replace(started)
      const count = toGrant.filter(({ isEarlier }) => !isEarlier).length
      return await Promise.all(toGrant.map((single) => this.#sign(single, count)))
    } catch (error) {
      await Promise.all(fresh.map((single) => this.#withdraw(single)))
      throw error
    }
  }

  /** @returns `false` if another try has written the entry */
  async #write(path: string, fresh: StartedSingle[]): Promise<boolean> {
    const { folder: _, ...beginning } = this.beginning
    const uploads = Array.from({ length: this.count }, (_, index) => {
      const single = fresh.find((each) => each.index === index)
      if (!single) return null
      const { entry, ...ticket } = single.ticket
      const { name, type, sentMetadata: metadata } = single.upload
      return { ticket, name, type, metadata }
    })
    return await this.service.journal.write(path, { ...beginning, uploads })
  }

  /** Another try was first: its uploads replace those of this one. */
  async #replace(started: StartedSingle[]): Promise<StartedSingle[]> {
    const path = this.beginning.folder + nameShared(randomUUID())
    const replaced = await Promise.all(
      started.map(async (single) => {
        if (single.isEarlier) return single
        const earlier = await this.#findEarlier(single.index, single.upload)
        if (!earlier)
          return { ...single, ticket: { ...single.ticket, entry: { ...single.ticket.entry, path } } }
        await this.#withdraw(single)
        return earlier
      }),
    )
    const left = replaced.filter(({ isEarlier }) => !isEarlier)
    if (left.length > 0) await this.#write(path, left)
    return replaced
  }

  #readEarlier(): Promise<FoundEntry | undefined> {
    this.#earlier ??= this.service.journal
      .read(this.#path)
      .then((found) => (found === 'unreadable' ? undefined : found))
    return this.#earlier
  }

  async #findEarlier(index: number, upload: SizedUpload): Promise<StartedSingle | undefined> {
    const { uploads = [] } = (await this.#readEarlier()) ?? {}
    const ticket = uploads[index]?.ticket
    if (ticket?.kind !== 'single' || ticket.size !== upload.size || ticket.bucket !== upload.bucket) {
      return undefined
    }
    if (ticket.issuedAt + TRIED_AGAIN_SECONDS < secondsNow()) return undefined
    const entry = { path: this.#path, index, count: uploads.filter((upload) => upload !== null).length }
    return { kind: 'started', index, upload, ticket: { ...ticket, entry }, isEarlier: true }
  }

  /** Undoes an upload that no page was granted. */
  async #withdraw({ ticket }: StartedSingle): Promise<void> {
    const { quota, notify } = this.service
    await quota.release(ticket.owner, ticket.id)
    await notify.aborted(ticket, 'withdrawn')
  }

  /** @param count number of uploads in its entry, if it is new */
  async #sign({ ticket: started, upload, isEarlier }: StartedSingle, count: number): Promise<SingleGrant> {
    const ticket = isEarlier ? started : { ...started, entry: { ...started.entry, count } }
    const { rules, presigner, signTicket, ownerMark: owner } = this.service
    const { id, key, size, md5 } = ticket
    const metadata = { ...upload.headers.metadata, [UPLOAD_ID_METADATA]: id }
    const headers = { ...upload.headers, metadata }
    const granted = { ticket: await signTicket(ticket), key, owner }
    const content = { size, ...(md5 !== undefined && { md5 }) }
    return rules.singleUpload === 'put'
      ? { kind: 'put', ...granted, ...(await presigner.signPut(ticket, headers, content)) }
      : {
          kind: 'form',
          ...granted,
          ...(await presigner.signForm(ticket, headers, { minBytes: size, maxBytes: size, md5 })),
        }
  }
}

function isOfQuota(error: unknown): boolean {
  return error instanceof PartwayError && ['quota_exceeded', 'too_many_unfinished'].includes(error.code)
}
