// What must never happen, checked at each transfer and each call.
import type { FakeRequest } from '../fake-request.js'
import type { Call, FakeUpload, World } from '../world.js'
import type { Page } from './page.js'
import { trace } from './trace.js'

/** Bytes; smaller files go in one request. */
export const LARGE = 10

/** What the page's own listeners throw. */
export class ListenerError extends Error {}

/** Sees everything that reaches S3 and the middleware. It keeps the first thing that went wrong. */
export class Watch {
  wrong: string | undefined
  /** When an upload became an object, on the clock of `performance.now()`. */
  readonly completedAt = new Map<string, number>()
  /** Parts of which a page has heard that S3 has them. */
  readonly #heard = new Set<string>()
  readonly #callers = new WeakMap<RequestInit, Page>()

  constructor(
    private readonly world: World,
    private readonly limit: number,
    private readonly contents: ReadonlyMap<string, string>,
    private readonly pages: () => Page[],
    /** Files that the user has removed at some time. */
    private readonly cancelled: () => Set<string>,
  ) {}

  complain(what: string): void {
    trace('Wrong:', what)
    this.wrong ??= what
  }

  onUncaught(error: unknown): void {
    if (!(error instanceof ListenerError)) this.complain(`Uncaught: ${error}`)
  }

  onTransfer(page: Page, request: FakeRequest): void {
    const upload = this.uploadOf(request)
    if (page.transfers.size > this.limit) this.complain(`More than ${this.limit} transfers at a time.`)
    const others = this.#transfersOf(upload).filter(([owner]) => owner !== page)
    if (others.length > 0) this.complain(`Two pages send ${upload.name} (${upload.ticket}) at a time.`)
    const same = this.#transfersOf(upload).filter(([, other]) => partOf(other) === partOf(request))
    if (same.length > 1) this.complain(`Part ${partOf(request)} of ${upload.name} is sent twice at a time.`)
    const alive = !upload.completed && !upload.aborted
    if (alive && this.#heard.has(this.#partName(page, request))) {
      this.complain(`Part ${partOf(request)} of ${upload.name} (${upload.ticket}) is sent again.`)
    }
  }

  onStored(page: Page, request: FakeRequest): void {
    this.#heard.add(this.#partName(page, request))
  }

  onCallFrom(page: Page, init: RequestInit): void {
    this.#callers.set(init, page)
  }

  onCall({ route, body, init }: Call): void {
    if (route !== 'complete' && route !== 'abort') return
    for (const ticket of body.tickets) {
      const upload = this.world.uploads.get(ticket)
      if (!upload) continue
      // A small file's upload is also aborted to be replaced.
      if (route === 'abort' && upload.size >= LARGE && !this.cancelled().has(upload.name)) {
        this.complain(`${upload.name} (${ticket}) is aborted, and nobody has cancelled it.`)
      }
      // What a page sent before it was left can arrive when another one has gone on with the upload.
      const isLate = this.#callers.get(init)?.open === false
      if (!isLate && this.#transfersOf(upload).length > 0) {
        this.complain(`${route} of ${upload.name} (${ticket}) while it is being sent.`)
      }
    }
  }

  onCompleted(upload: FakeUpload): void {
    const { ticket } = upload
    if (!this.completedAt.has(ticket)) this.completedAt.set(ticket, performance.now())
    if (
      ![this.contents.get(upload.name), otherContent(this.contents, upload.name)].includes(
        this.world.content(upload),
      )
    ) {
      this.complain(`${upload.name} is a wrong object: ${this.world.content(upload)}`)
    }
  }

  #transfersOf({ ticket }: FakeUpload): [Page, FakeRequest][] {
    return this.pages()
      .flatMap((page) => [...page.transfers].map((request): [Page, FakeRequest] => [page, request]))
      .filter(([, request]) => this.uploadOf(request).ticket === ticket)
  }

  /** Whether S3 has a form, other pages cannot know. */
  #partName(page: Page, request: FakeRequest): string {
    const { ticket } = this.uploadOf(request)
    return request.body instanceof FormData
      ? `${ticket} of ${this.pages().indexOf(page)}`
      : `${ticket}/${partOf(request)}`
  }

  /** What a transfer belongs to. */
  uploadOf({ url, body }: FakeRequest): FakeUpload {
    const ticket = body instanceof FormData ? String(body.get('ticket')) : /ticket-\d+/.exec(url)?.[0]
    const upload = this.world.uploads.get(ticket ?? '')
    if (!upload) throw new Error(`Nobody has granted ${url}`)
    return upload
  }
}

/** Of a file that is not the one, but as long. */
export function otherContent(contents: ReadonlyMap<string, string>, name: string): string {
  return [...(contents.get(name) ?? '')].reverse().join('')
}

/** Forms have no parts. */
const partOf = ({ body, partNumber }: FakeRequest) => (body instanceof FormData ? 0 : partNumber)
