// The routes that the Partway plugin speaks: fixed paths, JSON, tickets in the body.
import { clientGone } from '../client-gone.js'
import { PartwayError } from '../errors.js'
import { abortUpload } from '../operations/abort-upload.js'
import { completeUpload } from '../operations/complete-upload.js'
import { createInParts } from '../operations/create-in-parts.js'
import { type BegunSingle, CreatedTogether } from '../operations/create-single.js'
import { describeConfig } from '../operations/describe-config.js'
import { findListed } from '../operations/find-listed.js'
import { listParts } from '../operations/list-parts.js'
import { listUnfinished } from '../operations/list-unfinished.js'
import { signParts } from '../operations/sign-parts.js'
import { signWindow } from '../operations/sign-window.js'
import type { Beginning } from '../operations/start-multipart.js'
import type {
  AbortReply,
  CompleteReply,
  ConfigReply,
  CreateReply,
  ErrorBody,
  FileRequest,
  MultipartGrant,
  PartsReply,
  SignReply,
  UnfinishedReply,
} from '../protocol.js'
import { goesInParts } from '../rules/plan-parts.js'
import { randomGroup } from '../rules/upload-id.js'
import type { MultipartTicket } from '../tickets/ticket.js'
import { wrongKind } from '../tickets/ticket-token.js'
import type { Call, Route } from './call.js'
import { readJson } from './read-json.js'
import {
  CompleteBody,
  CreateBody,
  PartsBody,
  parseRequest,
  SignBody,
  TicketsBody,
  UnfinishedBody,
} from './request-schemas.js'
import { runBatch } from './run-batch.js'
import { openTickets, runUploads, subjectOf, type TicketOfSize } from './run-uploads.js'
import { settle } from './settle.js'

export const nativeRoutes: Route[] = [
  { method: 'get', path: '/config', operation: 'config', handle: config },
  post('create', create),
  post('sign', sign),
  post('parts', list),
  post('complete', complete),
  post('abort', abort),
  post('unfinished', unfinished),
]

function post(operation: string, handle: (call: Call, body: unknown) => Promise<object>): Route {
  return {
    method: 'post',
    path: `/${operation}`,
    operation,
    handle: async (call) => await handle(call, await readJson(call.ctx)),
  }
}

async function config({ service, options, session }: Call): Promise<ConfigReply> {
  const [bucket] = options.buckets
  const [origins, quota] = await Promise.all([
    service.presigner.listOrigins(bucket),
    service.quota.left(session.owner),
  ])
  return describeConfig(options.limits, options, origins, quota)
}

async function unfinished(
  { service, session, options, subject }: Call,
  body: unknown,
): Promise<UnfinishedReply> {
  subject.owner = session.owner
  const { browser, ...wanted } = parseRequest(UnfinishedBody, body)
  // Everybody is the same owner there.
  if (options.owner === 'anonymous' && browser === undefined) return { uploads: [] }
  return await listUnfinished(service, session.begin(browser), wanted)
}

async function create(call: Call, body: unknown): Promise<CreateReply> {
  const { files, browser } = parseRequest(CreateBody, body)
  const { maxFilesPerRequest } = call.options.limits
  if (files.length > maxFilesPerRequest) {
    const message = `A call may create at most ${maxFilesPerRequest} uploads, not ${files.length}.`
    throw new PartwayError('too_many_files', message, { field: 'files' })
  }
  const beginning = call.session.begin(browser)
  // Random, as each key is: so it is this call again.
  const isNamed = files.every(({ idempotencyKey }) => idempotencyKey !== undefined)
  const name = isNamed ? JSON.stringify(files) : undefined
  const together = new CreatedTogether(call.service, files.length, name, beginning)
  const group = randomGroup()
  const begin = ([index, file]: [number, FileRequest]) =>
    beginOne(call, { ...file, group }, { together, index, beginning })
  const begun = await runBatch([...files.entries()], begin, call)
  const uploads = await grantTogether(call, together, begun)
  return { uploads: uploads.map((upload, index) => ('error' in upload ? inFile(upload, index) : upload)) }
}

async function beginOne(
  call: Call,
  { metadata = {}, idempotencyKey, owner, ...file }: FileRequest & { group: string },
  {
    together,
    index,
    beginning,
  }: { together: CreatedTogether; index: number; beginning: Omit<Beginning, 'idempotencyKey'> },
): Promise<MultipartGrant | BegunSingle> {
  const { service, session, options } = call
  return await call.operate('create.file', async (subject) => {
    Object.assign(subject, { owner: session.owner, size: file.size })
    if (service.signal.aborted) throw clientGone()
    if (owner !== undefined && owner !== service.ownerMark) throw signedInAsOther()
    const upload = await call.allow({ ...file, metadata })
    Object.assign(subject, { id: upload.id, bucket: upload.bucket, key: upload.key })
    const sized = { ...upload, size: file.size, md5: file.md5 }
    if (!goesInParts(file.size, options)) return await together.begin(sized, index)
    const named = { ...beginning, ...(idempotencyKey !== undefined && { idempotencyKey }) }
    return await createInParts(service, sized, named)
  })
}

function signedInAsOther(): PartwayError {
  const message = 'Somebody else, who was signed in, has begun to upload this file. Sign in as them to go on.'
  return new PartwayError('signed_in_as_other', message)
}

/** Grants what goes in one request, of all files of a call. */
async function grantTogether(
  call: Call,
  together: CreatedTogether,
  begun: (MultipartGrant | BegunSingle | ErrorBody)[],
): Promise<CreateReply['uploads']> {
  const isSingle = (item: (typeof begun)[number]): item is BegunSingle =>
    'kind' in item && item.kind === 'begun'
  const singles = begun.filter(isSingle)
  if (singles.length === 0) return begun as CreateReply['uploads']
  const granting = call.operate('create.together', () => together.grant(singles))
  const grants = await runBatch(
    singles,
    async (single) => {
      const grant = (await granting)[singles.indexOf(single)]
      if (!grant || grant instanceof Error) throw grant
      return grant
    },
    call,
  )
  return begun.map((item) => (isSingle(item) ? (grants[singles.indexOf(item)] as ErrorBody) : item))
}

// Operations know one file and name its fields; the page sent a list.
function inFile(error: ErrorBody, index: number): ErrorBody {
  return error.field === undefined ? error : { ...error, field: `files[${index}].${error.field}` }
}

async function sign(call: Call, body: unknown): Promise<SignReply> {
  const { ticket, parts } = parseRequest(SignBody, body)
  const upload = await openMultipart(call, ticket)
  return { parts: await signParts(call.service, upload, parts) }
}

async function list(call: Call, body: unknown): Promise<PartsReply> {
  const { ticket, sign = false } = parseRequest(PartsBody, body)
  const upload = await openMultipart(call, ticket)
  const parts = await listParts(call.service, upload)
  return { parts, ...(sign && { signed: await signWindow(call.service, upload, parts) }) }
}

async function openMultipart(call: Call, token: string): Promise<MultipartTicket> {
  const upload = await call.session.openTicket(token)
  Object.assign(call.subject, subjectOf(upload))
  if (upload.kind === 'multipart') return upload
  throw wrongKind('This upload goes in one request and has no parts.', 'ticket')
}

async function complete(call: Call, body: unknown): Promise<CompleteReply> {
  const { tickets, checksum } = parseRequest(CompleteBody, body)
  const opened = await openTickets(call, tickets)
  const listed = await findListed(
    call.service,
    [...new Set(opened)].flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
  )
  const ended: TicketOfSize[] = []
  const finish = async (ticket: TicketOfSize) => {
    try {
      const completed = await completeUpload(call.service, ticket, { checksum, head: listed.get(ticket) })
      ended.push(ticket)
      return completed
    } catch (error) {
      if (error instanceof PartwayError && error.deleted) ended.push(ticket)
      throw error
    }
  }
  const uploads = await runUploads(call, 'complete.file', opened, finish)
  await settle(call, ended)
  return { uploads }
}

async function abort(call: Call, body: unknown): Promise<AbortReply> {
  const { tickets } = parseRequest(TicketsBody, body)
  const ended: TicketOfSize[] = []
  const uploads = await runUploads(call, 'abort.file', await openTickets(call, tickets), async (ticket) => {
    const isAborted = await abortUpload(call.service, ticket, 'cancelled')
    // What is sent in one request can arrive as long as its signature is good.
    if (isAborted && ticket.kind === 'multipart') ended.push(ticket)
    return null
  })
  await settle(call, ended)
  return { uploads }
}
