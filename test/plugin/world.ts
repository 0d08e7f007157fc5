// The world around the plugin, in memory: a middleware behind `fetch`, an S3 behind `XMLHttpRequest`, a network
// that can be cut, and a clock that stands until a test moves it.
import { createHash } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import type {
  ChecksumKind,
  CompletedUpload,
  ConfigReply,
  CreateRequest,
  ErrorBody,
  Grant,
  PartsReply,
  PartToSign,
  SignedPart,
  SignRequest,
  StoredPart,
  UnfinishedReply,
  UnfinishedRequest,
} from '@partway/server/protocol'
import { afterEach, beforeEach, vi } from 'vitest'
import { crc64nvme } from '../../plugin/src/checksums/crc64nvme.js'
import { Hasher } from '../../plugin/src/checksums/hasher.js'
import './engine-at-hand.js'
import { FakeRequest } from './fake-request.js'

/** An upload as middleware and S3 know it. */
export interface FakeUpload {
  name: string
  type: string
  size: number
  metadata: Record<string, string> | undefined
  ticket: string
  idempotencyKey: string | undefined
  browser: string | undefined
  owner: string
  inParts: boolean
  parts: Map<number, string>
  whole?: string
  completed?: boolean
  /** The finisher has put it together, and the host has not been told. */
  finished?: boolean
  aborted?: boolean
}

export interface Call {
  endpoint: string
  route: string
  // biome-ignore lint/suspicious/noExplicitAny: each route has its own body, and tests read all of them
  body: any
  init: RequestInit
}

/**
 * What a test wants S3 to do with a request instead of storing it. `hold`: nothing, the test answers itself. `lose`: to
 * store it, and the reply gets lost.
 */
export type Answer = { status: number; body?: string; headers?: string } | 'hold' | 'lose' | undefined

type Reply = Response | 'lose' | undefined

// Node warns of more than ten listeners on a signal. Browsers do not.
setMaxListeners(0)

// The real one: Blobs are read outside the fake clock.
const realImmediate = setImmediate

const GONE = { error: 'The upload is gone.', code: 'upload_gone', status: 404 } satisfies ErrorBody

const NOT_YOURS = { error: 'Not yours.', code: 'ticket_not_yours', status: 403 } satisfies ErrorBody
const OTHERS = { error: 'Another’s.', code: 'signed_in_as_other', status: 403 } satisfies ErrorBody

/** Whose they are, S3 has nothing of. */
const ENDS = ['upload_gone', 'ticket_expired']

/** As of a server whose host sets none. */
const NO_LIMITS: ConfigReply['limits'] = {
  maxFileSize: 10_000 * 5 * 1024 ** 3,
  minFileSize: 0,
  types: null,
  extensions: null,
  maxNameLength: 1024,
  metadataKeys: null,
  maxMetadataBytes: 2002,
  maxFilesPerRequest: 100,
}

export class World {
  calls: Call[] = []
  requests: FakeRequest[] = []
  uploads = new Map<string, FakeUpload>()
  /** Files of at least so many bytes go in parts. */
  threshold = 10
  partSize = 5
  firstWindow = 100
  expiresIn = 900
  /** What parts have to be sent with. */
  checksum: ChecksumKind | undefined
  /** What S3 tells of a part's content. */
  checksumsOf: (text: string) => StoredPart['checksums'] = (text) =>
    this.checksum && {
      md5: createHash('md5').update(text).digest('base64'),
      ...(this.checksum === 'crc64nvme' && { crc64nvme: crc64nvmeOf(text) }),
    }
  /** S3's. */
  storageOrigins: string[] = []
  /** Who is signed in. */
  owner = 'ada'
  /** Uploads in one page of the list. */
  listed = 100
  /** Parts on S3 that were replaced by others, which must never be. */
  readonly replaced: string[] = []
  latencyMs = 10
  /** What `/config` says. */
  limits: ConfigReply['limits'] = { ...NO_LIMITS }
  quota: ConfigReply['quota'] | undefined
  /** What the host's `onComplete` returns. */
  onComplete: (upload: FakeUpload) => object | undefined = () => undefined
  transferMs = 100
  /** Answers a call instead of the middleware. `lose`: the middleware does its work, and the reply gets lost. */
  onCall: (call: Call) => Reply | Promise<Reply> = () => undefined
  /** Answers a transfer instead of S3. */
  onTransfer: (request: FakeRequest) => Answer = () => undefined

  get active(): FakeRequest[] {
    return this.requests.filter(({ underWay }) => underWay)
  }

  /** As far as a page connects ahead with it. */
  readonly document = {
    createElement: () => ({ remove: () => {} }),
    head: { append: (_link: { href: string; crossOrigin?: string }): void => {} },
  }

  routes(route?: string): Call[] {
    return this.calls.filter((call) => route === undefined || call.route === route)
  }
  upload(name?: string): FakeUpload {
    const found = [...this.uploads.values()].findLast((upload) => name === undefined || upload.name === name)
    if (!found) throw new Error(`No upload ${name}`)
    return found
  }
  content({ whole, parts }: FakeUpload): string {
    return (
      whole ??
      [...parts]
        .sort(([a], [b]) => a - b)
        .map(([, text]) => text)
        .join('')
    )
  }

  readonly fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const [, endpoint = '', route = ''] = /^(.*)\/(.*)$/.exec(String(url)) ?? []
    const call = { endpoint, route, body: JSON.parse(String(init.body)), init }
    this.calls.push(call)
    const aborted = new Promise<never>((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      if (init.signal?.aborted) reject(init.signal.reason)
    })
    await Promise.race([aborted, new Promise((resolve) => setTimeout(resolve, this.latencyMs))])
    if (navigator.onLine === false) throw new TypeError('Failed to fetch')
    const answer = await Promise.race([aborted, this.onCall(call)])
    if (answer instanceof Response) {
      await this.#endWhatIsGone(call, answer)
      return answer
    }
    const reply = this.#reply(call)
    if (answer === 'lose') throw new TypeError('Failed to fetch')
    return 'error' in reply ? errorReply(reply.status, reply.code, reply.error) : Response.json(reply)
  }

  /** What a test's own answer calls gone is gone. */
  async #endWhatIsGone({ body }: Call, answer: Response): Promise<void> {
    const text = await answer.clone().text()
    if (!['deleted', ...ENDS].some((word) => text.includes(`"${word}"`))) return
    const tickets: string[] = body.tickets ?? [body.ticket]
    const reply = JSON.parse(text)
    const answers: { code?: string; deleted?: boolean }[] = reply.uploads ?? tickets.map(() => reply)
    for (const [index, { code = '', deleted }] of answers.entries()) {
      const upload = this.uploads.get(tickets[index] ?? '')
      if (upload && (deleted || ENDS.includes(code))) upload.aborted = true
    }
  }

  receive(request: FakeRequest): void {
    this.requests.push(request)
    const answer = this.onTransfer(request)
    if (answer === 'hold') return
    setTimeout(async () => {
      if (!request.underWay) return
      if (navigator.onLine === false) return request.respond(0)
      if (answer && answer !== 'lose') {
        if (answer.body?.includes('NoSuchUpload')) this.#known(ticketIn(request.url)).aborted = true
        return request.respond(answer.status, answer.body, answer.headers)
      }
      if (await isDamaged(request)) return request.respond(400, '<Error><Code>BadDigest</Code></Error>')
      const text = await this.#store(request)
      if (answer === 'lose') {
        if (text !== undefined) request.progress(text.length)
        return request.respond(0)
      }
      if (text === undefined) return request.respond(404, '<Error><Code>NoSuchUpload</Code></Error>')
      request.progress(text.length)
      request.respond(204)
    }, this.transferMs)
  }

  /** `undefined`: S3 does not know the upload any more. */
  async #store({ url, body }: FakeRequest): Promise<string | undefined> {
    if (body instanceof FormData) {
      const text = await (body.get('file') as File).text()
      const upload = this.#known(String(body.get('ticket')))
      // A form cannot be taken back.
      delete upload.aborted
      upload.whole = text
      return text
    }
    const partNumber = /\/(\d+|whole)\b/.exec(url)?.[1]
    const text = await (body as Blob).text()
    const upload = this.#known(ticketIn(url))
    if (partNumber === 'whole') upload.whole = text
    else if (upload.completed || upload.finished || upload.aborted) return undefined
    else {
      const before = upload.parts.get(Number(partNumber))
      if (before !== undefined && before !== text) this.replaced.push(`${upload.ticket}/${partNumber}`)
      upload.parts.set(Number(partNumber), text)
    }
    return text
  }

  #known(ticket: string): FakeUpload {
    const upload = this.uploads.get(ticket)
    if (!upload) throw new Error(`No upload ${ticket}`)
    return upload
  }

  #listUnfinished({ browser, idempotencyKey, id, after }: UnfinishedRequest): UnfinishedReply {
    const { partSize, checksum } = this
    const open = [...this.uploads.values()].filter(
      ({ inParts, aborted, completed, owner }) => inParts && !aborted && !completed && owner === this.owner,
    )
    const asked = open.filter(
      (upload) =>
        (id === undefined || idOf(upload) === id) &&
        (idempotencyKey === undefined || upload.idempotencyKey === idempotencyKey),
    )
    const page = asked.slice(asked.findIndex((upload) => idOf(upload) === after) + 1).slice(0, this.listed)
    const uploads = page.map((upload) => ({
      id: idOf(upload),
      ticket: upload.ticket,
      key: `key of ${upload.name}`,
      owner: upload.owner,
      name: upload.name,
      type: upload.type,
      size: upload.size,
      metadata: upload.metadata ?? {},
      partSize,
      partCount: Math.ceil(upload.size / partSize),
      ...(checksum && { checksum }),
      bytesUploaded: this.content(upload).length,
      createdAt: 1_700_000_000,
      startedHere: upload.browser === browser,
      ticketExpiresIn: 1000,
      ...(upload.idempotencyKey !== undefined && { idempotencyKey: upload.idempotencyKey }),
    }))
    const last = uploads.at(-1)
    return { uploads, ...(page.length < asked.length && last && { after: last.id }) }
  }

  #storedParts({ parts }: FakeUpload): StoredPart[] {
    return [...parts].map(([partNumber, text]) => ({
      partNumber,
      size: text.length,
      etag: '"e"',
      ...withChecksums(this.checksumsOf(text)),
    }))
  }

  /** What was completed in parts stays; a small file is deleted. */
  #abort(upload: FakeUpload): void {
    if (upload.completed && upload.whole === undefined) return
    upload.aborted = true
    delete upload.completed
    upload.parts.clear()
    delete upload.whole
  }

  #reply({ route, body }: Call): object | ErrorBody {
    const signed = (ticket: string, { partNumber, checksum }: PartToSign): SignedPart => ({
      partNumber,
      url: `https://s3.test/${ticket}/${partNumber}?signature=${this.calls.length}`,
      ...(checksum !== undefined && { headers: { [`x-amz-checksum-${this.checksum}`]: checksum } }),
      expiresIn: this.expiresIn,
    })
    const signWindow = (ticket: string, { size, parts }: Pick<FakeUpload, 'size' | 'parts'>) => {
      if (this.checksum !== undefined && this.checksum !== 'md5') return []
      const all = Array.from({ length: Math.ceil(size / this.partSize) }, (_, index) => index + 1)
      const missing = all.filter((partNumber) => !parts.has(partNumber)).slice(0, this.firstWindow)
      return missing.map((partNumber) => signed(ticket, { partNumber }))
    }
    const create = (file: CreateRequest['files'][number]): Grant | ErrorBody => {
      const { name, type, size, metadata, idempotencyKey } = file
      const { owner, partSize } = this
      if (file.owner !== undefined && file.owner !== owner) return OTHERS
      const inParts = size >= this.threshold
      const decision = decisionOf({ name, type, size, metadata })
      const begun = [...this.uploads.values()].find(
        (upload) =>
          idempotencyKey !== undefined &&
          upload.idempotencyKey === idempotencyKey &&
          upload.owner === owner &&
          decisionOf(upload) === decision &&
          !upload.aborted &&
          !upload.completed,
      )
      const ticket = begun?.ticket ?? `ticket-${this.uploads.size + 1}`
      const { browser } = body as CreateRequest
      const made = {
        name,
        type,
        size,
        metadata,
        ticket,
        idempotencyKey,
        browser,
        owner,
        inParts,
        parts: new Map(),
      }
      const upload: FakeUpload = begun ?? made
      this.uploads.set(ticket, upload)
      const base = { ticket, key: `key of ${name}`, owner }
      if (!inParts) {
        return {
          ...base,
          kind: 'form',
          url: 'https://s3.test/bucket',
          fields: { ticket },
          expiresIn: this.expiresIn,
        }
      }
      const partCount = Math.ceil(size / partSize)
      const checksum = this.checksum && { checksum: this.checksum }
      const grant = { ...base, kind: 'multipart', partSize, partCount, ticketExpiresIn: 604_800 } as const
      if (upload.finished) return { ...grant, ...checksum, stored: [], parts: [], isComplete: true }
      return { ...grant, ...checksum, stored: this.#storedParts(upload), parts: signWindow(ticket, upload) }
    }
    const complete = (ticket: string): CompletedUpload | ErrorBody => {
      const upload = this.uploads.get(ticket)
      if (!upload || upload.aborted) return GONE
      if (upload.owner !== this.owner) return NOT_YOURS
      if (this.content(upload).length !== upload.size || (upload.whole ?? upload.parts.size) === 0) {
        return { error: 'Parts are missing.', code: 'parts_missing', status: 409 }
      }
      if (this.checksum === 'md5' && body.checksum !== undefined && body.checksum !== wholeMd5(upload)) {
        const code = upload.completed || upload.finished ? 'object_mismatch' : 'part_mismatch'
        return { error: 'S3 has other parts.', code, status: 409 }
      }
      upload.completed = true
      const { name, size } = upload
      const location = `https://s3.test/bucket/${name}`
      const hostBody = this.onComplete(upload)
      return { location, key: `key of ${name}`, size, etag: '"e"', ...(hostBody && { body: hostBody }) }
    }
    switch (route) {
      case 'config': {
        const { threshold, limits, storageOrigins, quota } = this
        return {
          limits,
          multipartThreshold: threshold,
          storageOrigins,
          checksum: this.checksum ?? 'none',
          singleUpload: 'form',
          ...(quota && { quota }),
        } satisfies ConfigReply
      }
      case 'create':
        return { uploads: (body as CreateRequest).files.map(create) }
      case 'sign':
        return { parts: (body as SignRequest).parts.map((part) => signed(body.ticket, part)) }
      case 'parts': {
        const upload = this.#known(body.ticket)
        if (upload.owner !== this.owner) return NOT_YOURS
        if (upload.completed || upload.finished || upload.aborted) return GONE
        return {
          parts: this.#storedParts(upload),
          ...(body.sign && { signed: signWindow(body.ticket, upload) }),
        } satisfies PartsReply
      }
      case 'unfinished':
        return this.#listUnfinished(body)
      case 'complete':
        return { uploads: body.tickets.map(complete) }
      case 'abort':
        return {
          uploads: body.tickets.map((ticket: string) => {
            const upload = this.#known(ticket)
            if (upload.owner !== this.owner) return NOT_YOURS
            this.#abort(upload)
            return null
          }),
        }
      default:
        throw new Error(`No route ${route}`)
    }
  }
}

/** What the server makes of a file: with another one it is another upload. */
function decisionOf({
  name,
  type,
  size,
  metadata = {},
}: Pick<FakeUpload, 'name' | 'type' | 'size' | 'metadata'>): string {
  return JSON.stringify([name, type, size, Object.entries(metadata).sort()])
}

const idOf = ({ ticket }: FakeUpload) => `id-of-${ticket}`

/** The MD5 of the parts' MD5s, as S3 knows them. */
function wholeMd5({ parts }: FakeUpload): string {
  const md5 = (data: string | Buffer) => createHash('md5').update(data).digest()
  const sorted = [...parts].sort(([a], [b]) => a - b)
  return md5(Buffer.concat(sorted.map(([, text]) => md5(text)))).toString('base64')
}

/** Whether the body is not what its `Content-MD5` says. */
async function isDamaged({ headers: { 'Content-MD5': expected }, body }: FakeRequest): Promise<boolean> {
  if (expected === undefined) return false
  const bytes = Buffer.from(await (body as Blob).arrayBuffer())
  return createHash('md5').update(bytes).digest('base64') !== expected
}

function ticketIn(url: string): string {
  return /\w+-\d+/.exec(url)?.[0] ?? ''
}

export function crc64nvmeOf(text: string): string {
  const hasher = new Hasher(crc64nvme())
  hasher.update(Buffer.from(text))
  return hasher.digest()
}

function withChecksums(checksums: StoredPart['checksums']): Pick<StoredPart, 'checksums'> {
  return checksums ? { checksums } : {}
}

/** An error reply of the middleware. */
export function errorReply(
  status: number,
  code: string,
  error: string,
  headers?: Record<string, string>,
): Response {
  return Response.json({ error, code, status }, { status, ...(headers && { headers }) })
}

/** Of the event loop in a step: enough to read a small Blob. */
const TURNS = 12

/** Lets `ms` pass, with everything that happens meanwhile. */
export async function pass(ms: number): Promise<void> {
  const stepMs = 50
  for (let left = ms; left >= 0; left -= stepMs) {
    await vi.advanceTimersByTimeAsync(Math.min(stepMs, left))
    for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => realImmediate(resolve))
  }
}

export function setOnline(onLine: boolean): void {
  vi.stubGlobal('navigator', { onLine })
  network.dispatchEvent(new Event(onLine ? 'online' : 'offline'))
}

let network = new EventTarget()

/** A new world for each test of the file. */
export function useWorld(): { current: World } {
  const world = { current: new World() }
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
    // Full jitter at its longest, so that waits are known.
    vi.spyOn(Math, 'random').mockReturnValue(1)
    network = new EventTarget()
    vi.stubGlobal('addEventListener', network.addEventListener.bind(network))
    vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network))
    setOnline(true)
    world.current = new World()
    vi.stubGlobal('fetch', world.current.fetch)
    vi.stubGlobal('document', world.current.document)
    vi.stubGlobal('BroadcastChannel', undefined)
    // Without WebCrypto, whose answers come when its threads have the time.
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
    vi.stubGlobal(
      'XMLHttpRequest',
      class extends FakeRequest {
        constructor() {
          super((request) => world.current.receive(request))
        }
      },
    )
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })
  return world
}
