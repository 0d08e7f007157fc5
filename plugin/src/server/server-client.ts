// The middleware's native routes, typed. Batches calls where many files ask at once, and retries where that helps.
import type {
  AbortReply,
  CompletedUpload,
  CompleteReply,
  CompleteRequest,
  CreateReply,
  CreateRequest,
  FileRequest,
  Grant,
  PartsReply,
  PartsRequest,
  PartToSign,
  SignedPart,
  SignReply,
  SignRequest,
  TicketsRequest,
  UnfinishedReply,
  UnfinishedRequest,
} from '@partway/server/protocol'
import { ClientError, hostOf } from '../errors.js'
import type { Settings } from '../settings.js'
import { preconnect } from '../transfer/preconnect.js'
import { type Health, type Notify, retrying } from '../transfer/retry.js'
import type { Connection } from './ask-headers.js'
import { Batch, MOST_ITEMS } from './batch.js'
import { browserId } from './browser.js'
import { CALL_TIMEOUT_MS, callServer, readItem } from './call-server.js'
import type { ServerConfig } from './server-config.js'

/** An upload whose bytes are all on S3. */
export interface FinishedUpload {
  ticket: string
  /** 0: it went in one request. */
  partCount: number
  /** Checksum of the whole object, in Base64. */
  checksum?: string | undefined
}

/** The server's operations for uploads. All reject with PartwayError, or the signal's reason. */
export interface UploadServer {
  /**
   * Once it is in flight, its outcome is delivered even if the signal aborts: the upload then exists.
   * @param file While a promise is pending, files created meanwhile wait for it, to go in the same call.
   */
  create(file: FileRequest | Promise<FileRequest>, signal: AbortSignal): Promise<Grant>
  sign(ticket: string, parts: PartToSign[], signal: AbortSignal): Promise<SignedPart[]>
  /**
   * What S3 holds of a multipart upload; with `sign`, the first parts that it does not hold come signed.
   * @param notify if an upload waits for it
   */
  storedParts(request: PartsRequest, signal: AbortSignal, notify?: Notify): Promise<PartsReply>
  /** Reconnects before a file in parts is completed: the connection may have been closed meanwhile. */
  preconnect(): void
  /** Once it is in flight, its outcome is delivered even if the signal aborts. */
  complete(upload: FinishedUpload, signal: AbortSignal): Promise<CompletedUpload>
  abort(ticket: string, signal: AbortSignal): Promise<void>
  /** Flushes the batch of completions of files that went (or did not go) in parts. */
  flushCompletes(inParts: boolean): void
  /** Not retried. Lists the signed-in owner's uploads from any browser; if nobody is signed in, this browser's. */
  unfinished(request: UnfinishedRequest, signal: AbortSignal): Promise<UnfinishedReply>
}

/** Some S3 services assemble a large object for minutes before they answer. */
const FINISH_TIMEOUT_MS = 300_000
/** Most files in parts that one call completes: S3 assembles each, and keeps the unfinished ones until then. */
const MOST_IN_PARTS = 12

/**
 * @param settings Read for each call, because options can change.
 * @param config Known limits are kept to.
 * @param moreToCome Whether more small files that go (or do not go) in parts will be complete soon.
 * @param transfers While any succeeds, `/create` is retried: the owner's other files may have to finish first.
 */
export function createServerClient(
  settings: () => Settings,
  config: Pick<ServerConfig, 'limits' | 'settled'>,
  transfers: Health,
  moreToCome: (inParts: boolean) => boolean,
  { log, notify }: { log(message: string): void; notify: Notify },
): UploadServer {
  const quietly = () => ({ retry: settings().retry, log })
  /** For calls that an upload waits for. */
  const context = () => ({ ...quietly(), notify })

  const post = async <Reply extends object>(
    route: string,
    body: object,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Reply> => callServer<Reply>(settings(), route, body, { timeoutMs, ...(signal && { signal }) })

  const unexpectedReply = () =>
    new ClientError('unexpected_reply', { host: hostOf(settings().endpoint), status: 200 }, { status: 200 })

  /** The reply's items, one for each request. */
  const items = <Item>(list: Item[] | undefined, count: number): Item[] => {
    if (list?.length !== count) throw unexpectedReply()
    return list
  }

  const create = async (files: FileRequest[]) => {
    const body: CreateRequest = { browser: await browserId(settings().endpoint), files }
    const { uploads } = await post<CreateReply>('create', body, CALL_TIMEOUT_MS)
    return items(uploads, files.length)
  }
  const complete = async (tickets: string[], checksum?: string) => {
    const body: CompleteRequest = { tickets, ...(checksum !== undefined && { checksum }) }
    const { uploads } = await post<CompleteReply>('complete', body, FINISH_TIMEOUT_MS)
    return items(uploads, tickets.length)
  }
  const abort = async (tickets: string[]) => {
    const body: TicketsRequest = { tickets }
    const { uploads } = await post<AbortReply>('abort', body, FINISH_TIMEOUT_MS)
    return items(uploads, tickets.length)
  }
  const signOnce = async (ticket: string, toSign: PartToSign[], signal: AbortSignal) => {
    const body: SignRequest = { ticket, parts: toSign }
    const { parts } = await post<SignReply>('sign', body, CALL_TIMEOUT_MS, signal)
    const signed = new Set(parts?.map(({ partNumber }) => partNumber))
    if (!toSign.every(({ partNumber }) => signed.has(partNumber))) throw unexpectedReply()
    return parts
  }
  const mostFiles = () => config.limits?.maxFilesPerRequest || MOST_ITEMS
  let lookedAt = 0
  const lookAt = async (file: Promise<FileRequest>) => {
    lookedAt++
    try {
      return await file
    } catch (error) {
      if (lookedAt === 1) creates.flushSoon()
      throw error
    } finally {
      lookedAt--
    }
  }
  const creates = new Batch<FileRequest, Grant>(
    create,
    () => ({ ...context(), health: transfers }),
    mostFiles,
    () => lookedAt > 0,
  )
  const completesOf = (inParts: boolean) =>
    new Batch<string, CompletedUpload>(
      (tickets) => complete(tickets),
      context,
      () => (inParts ? MOST_IN_PARTS : MOST_ITEMS),
      () => moreToCome(inParts),
    )
  const [completes, completesInParts] = [completesOf(false), completesOf(true)]
  const aborts = new Batch<string, null>(abort, quietly)

  return {
    async create(file, signal) {
      // Together, or nobody would hear of a file that fails while the configuration is awaited.
      const [described] = await Promise.all([
        file instanceof Promise ? lookAt(file) : file,
        config.settled(signal),
      ])
      return await creates.add(described, signal)
    },

    sign(ticket, parts, signal) {
      return retrying(() => signOnce(ticket, parts, signal), { ...context(), signal })
    },

    storedParts(request, signal, notify) {
      const attempt = async () => {
        const reply = await post<PartsReply>('parts', request, CALL_TIMEOUT_MS, signal)
        if (!Array.isArray(reply.parts)) throw unexpectedReply()
        return reply
      }
      return retrying(attempt, { ...quietly(), signal, ...(notify && { notify }) })
    },

    preconnect() {
      preconnect([settings().endpoint], carriesCookies(settings()))
    },

    complete({ ticket, partCount, checksum }, signal) {
      if (partCount <= 1 && checksum === undefined)
        return (partCount ? completesInParts : completes).add(ticket, signal)
      // Not batched: assembling a large object takes long, and small files should not wait for it.
      const attempt = async () => {
        const [upload] = await complete([ticket], checksum)
        return readItem(upload as CompleteReply['uploads'][number])
      }
      return retrying(attempt, { ...context(), signal })
    },

    flushCompletes: (inParts) => (inParts ? completesInParts : completes).flushSoon(),

    async abort(ticket, signal) {
      await aborts.add(ticket, signal)
    },

    async unfinished(request, signal) {
      const body: UnfinishedRequest = { browser: await browserId(settings().endpoint), ...request }
      const reply = await post<UnfinishedReply>('unfinished', body, CALL_TIMEOUT_MS, signal)
      if (!Array.isArray(reply.uploads)) throw unexpectedReply()
      return reply
    },
  }
}

/** Whether calls to the endpoint carry the page's cookies. */
function carriesCookies({ endpoint, credentials }: Connection): boolean {
  const isOwn = hostOf(endpoint) === hostOf('')
  return credentials === 'include' || (credentials === 'same-origin' && isOwn)
}
