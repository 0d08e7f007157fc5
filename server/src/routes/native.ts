// The routes that the Partway plugin speaks: fixed paths, JSON, tickets in the body.
import { clientGone } from '../client-gone.js'
import { PartwayError } from '../errors.js'
import { abortUpload } from '../operations/abort-upload.js'
import { completeUpload } from '../operations/complete-upload.js'
import { createOnce } from '../operations/create-once.js'
import { createUpload } from '../operations/create-upload.js'
import { describeConfig } from '../operations/describe-config.js'
import { findListed } from '../operations/find-listed.js'
import { listParts } from '../operations/list-parts.js'
import { listUnfinished } from '../operations/list-unfinished.js'
import { signParts } from '../operations/sign-parts.js'
import { signWindow } from '../operations/sign-window.js'
import type {
  AbortReply,
  CompleteReply,
  ConfigReply,
  CreateReply,
  ErrorBody,
  FileRequest,
  Grant,
  PartsReply,
  SignReply,
  UnfinishedReply,
} from '../protocol.js'
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
} from './request-schemas.js'
import { runBatch } from './run-batch.js'
import { openTickets, runUploads, subjectOf, type TicketOfSize } from './run-uploads.js'

export const nativeRoutes: Route[] = [
  { method: 'get', path: '/config', operation: 'config', handle: config },
  post('create', create),
  post('sign', sign),
  post('parts', list),
  post('complete', complete),
  post('abort', abort),
]

/** Only where the host has switched it on. */
export const unfinishedRoute: Route = {
  method: 'get',
  path: '/unfinished',
  operation: 'unfinished',
  handle: unfinished,
}

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

async function unfinished({ service, session, options, subject }: Call): Promise<UnfinishedReply> {
  subject.owner = session.owner
  return { uploads: await listUnfinished(service, session, options.buckets) }
}

async function create(call: Call, body: unknown): Promise<CreateReply> {
  const { files } = parseRequest(CreateBody, body)
  const { maxFilesPerRequest } = call.options.limits
  if (files.length > maxFilesPerRequest) {
    const message = `A call may create at most ${maxFilesPerRequest} uploads, not ${files.length}.`
    throw new PartwayError('too_many_files', message, { field: 'files' })
  }
  const group = randomGroup()
  const uploads = await runBatch(files, (file) => createOne(call, { ...file, group }), call)
  if (call.service.signal.aborted) await undoGrants(call, uploads)
  return { uploads: uploads.map((upload, index) => ('error' in upload ? inFile(upload, index) : upload)) }
}

async function createOne(
  call: Call,
  { metadata = {}, ...file }: FileRequest & { group: string },
): Promise<Grant> {
  const { service, options } = call
  return await call.operate('create.file', async (subject) => {
    Object.assign(subject, { owner: call.session.owner, size: file.size })
    if (service.signal.aborted) throw clientGone()
    const upload = await call.allow({ ...file, metadata })
    Object.assign(subject, { id: upload.id, bucket: upload.bucket, key: upload.key })
    const sized = { ...upload, size: file.size, md5: file.md5 }
    return file.nonce && options.unfinished
      ? await createOnce(service, sized, call.session.keyPrefix)
      : await createUpload(service, sized)
  })
}

// Nobody will hear of them, so nobody could finish or abort them. What was begun before may have parts.
async function undoGrants(call: Call, uploads: (Grant | ErrorBody)[]): Promise<void> {
  const granted = uploads.filter((upload) => 'ticket' in upload).filter((grant) => !('isBegun' in grant))
  await abortAll(
    call,
    granted.map(({ ticket }) => ticket),
  )
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
  const finish = async (ticket: TicketOfSize) =>
    await completeUpload(call.service, ticket, { checksum, head: listed.get(ticket) })
  return { uploads: await runUploads(call, 'complete.file', opened, finish) }
}

async function abort(call: Call, body: unknown): Promise<AbortReply> {
  const { tickets } = parseRequest(TicketsBody, body)
  return { uploads: await abortAll(call, tickets) }
}

async function abortAll(call: Call, tickets: string[]): Promise<AbortReply['uploads']> {
  return await runUploads(call, 'abort.file', await openTickets(call, tickets), async (ticket) => {
    await abortUpload(call.service, ticket)
    return null
  })
}
