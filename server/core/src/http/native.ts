// The routes that the Partway plugin calls: fixed paths, JSON, tickets in the body.
import { PartwayError } from '../errors.js'
import { abortUpload } from '../operations/abort-upload.js'
import { completeUpload } from '../operations/complete-upload.js'
import { describeConfig } from '../operations/describe-config.js'
import { findListed } from '../operations/find-listed.js'
import { joinUpload } from '../operations/join-upload.js'
import { listParts } from '../operations/list-parts.js'
import { listUnfinished } from '../operations/list-unfinished.js'
import { signParts } from '../operations/sign-parts.js'
import { signWindow } from '../operations/sign-window.js'
import type {
  AbortReply,
  CompleteReply,
  ConfigReply,
  PartsReply,
  SignReply,
  UnfinishedReply,
} from '../protocol.js'
import type { MultipartTicket } from '../tickets/ticket.js'
import { wrongKind } from '../tickets/ticket-token.js'
import type { Call, Route } from './call.js'
import { create } from './create.js'
import { readJson } from './read-json.js'
import {
  CompleteBody,
  PartsBody,
  parseRequest,
  SignBody,
  TicketsBody,
  UnfinishedBody,
} from './request-schemas.js'
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
    handle: async (call) => await handle(call, await readJson(call.http)),
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
  // All anonymous users are the same owner.
  if (options.owner === 'anonymous' && browser === undefined) return { uploads: [] }
  return await listUnfinished(service, session.begin(browser), wanted)
}

async function sign(call: Call, body: unknown): Promise<SignReply> {
  const { ticket, parts } = parseRequest(SignBody, body)
  const upload = await openMultipart(call, ticket)
  if (upload.joins) await joinUpload(call.service, upload)
  return { parts: await signParts(call.service, upload, parts) }
}

async function list(call: Call, body: unknown): Promise<PartsReply> {
  const { ticket, sign = false } = parseRequest(PartsBody, body)
  const upload = await openMultipart(call, ticket)
  if (sign && upload.joins) await joinUpload(call.service, upload)
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
    // A file sent in one request can still arrive until its signature expires.
    if (isAborted && ticket.kind === 'multipart') ended.push(ticket)
    return null
  })
  await settle(call, ended)
  return { uploads }
}
