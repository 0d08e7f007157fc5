// The routes that the Partway plugin speaks: fixed paths, JSON, tickets in the body.
import type Router from '@koa/router'
import { reply, reportToHost } from '../error-boundary.js'
import { PartwayError } from '../errors.js'
import { abortUpload } from '../operations/abort-upload.js'
import { completeUpload } from '../operations/complete-upload.js'
import { createUpload } from '../operations/create-upload.js'
import { listParts } from '../operations/list-parts.js'
import { signParts } from '../operations/sign-parts.js'
import type {
  AbortReply,
  CompletedUpload,
  CompleteReply,
  CreateReply,
  ErrorBody,
  FileRequest,
  PartsReply,
  SignReply,
} from '../protocol.js'
import { readJson } from '../read-json.js'
import { CreateBody, PartsBody, parseRequest, SignBody, TicketsBody } from '../request-schemas.js'
import { runBatch } from '../run-batch.js'
import type { Session } from '../session.js'
import type { MultipartTicket, SingleTicket } from '../ticket.js'
import type { Call, StartCall } from './call.js'

export function addNativeRoutes(router: Router, startCall: StartCall): void {
  const post = (path: string, handle: (call: Call, body: unknown) => Promise<object>) => {
    router.post(path, (ctx) =>
      reply(
        ctx,
        (error) => error.toBody(),
        async () => {
          const call = await startCall(ctx)
          return await handle(call, await readJson(ctx))
        },
      ),
    )
  }
  post('/create', create)
  post('/sign', sign)
  post('/parts', list)
  post('/complete', complete)
  post('/abort', abort)
}

async function create({ ctx, service, session }: Call, body: unknown): Promise<CreateReply> {
  const { files } = parseRequest(CreateBody, body)
  const start = async (request: FileRequest) => {
    const file = { ...request, metadata: request.metadata ?? {} }
    return await createUpload(service, { ...(await session.nameUpload(file)), owner: session.owner, file })
  }
  const uploads = await runBatch(files, start, (error) => reportToHost(ctx, error))
  return { uploads: uploads.map((upload, index) => ('error' in upload ? inFile(upload, index) : upload)) }
}

// Operations know one file and name its fields; the page sent a list.
function inFile(error: ErrorBody, index: number): ErrorBody {
  return error.field === undefined ? error : { ...error, field: `files[${index}].${error.field}` }
}

async function sign({ service, session }: Call, body: unknown): Promise<SignReply> {
  const { ticket, parts } = parseRequest(SignBody, body)
  const upload = await openPlanned(session, ticket)
  if (upload.kind === 'single') throw wrongKind('This upload goes in one request and has no parts.')
  return {
    parts: await signParts(
      service,
      upload,
      parts.map(({ partNumber }) => partNumber),
    ),
  }
}

async function list({ service, session }: Call, body: unknown): Promise<PartsReply> {
  const { ticket } = parseRequest(PartsBody, body)
  const upload = await openPlanned(session, ticket)
  if (upload.kind === 'single') throw wrongKind('This upload goes in one request and has no parts.')
  return { parts: await listParts(service, upload) }
}

async function complete({ ctx, service, session }: Call, body: unknown): Promise<CompleteReply> {
  const { tickets } = parseRequest(TicketsBody, body)
  const finish = async (ticket: string): Promise<CompletedUpload> =>
    await completeUpload(service, await openPlanned(session, ticket))
  return { uploads: await runBatch(tickets, finish, (error) => reportToHost(ctx, error)) }
}

async function abort({ ctx, service, session }: Call, body: unknown): Promise<AbortReply> {
  const { tickets } = parseRequest(TicketsBody, body)
  const giveUp = async (ticket: string): Promise<null> => {
    await abortUpload(service, await session.openTicket(ticket))
    return null
  }
  return { uploads: await runBatch(tickets, giveUp, (error) => reportToHost(ctx, error)) }
}

// Without a plan nothing can be held to it, so uploads of Companion clients stay on their own routes.
async function openPlanned(session: Session, token: string): Promise<SingleTicket | MultipartTicket> {
  const ticket = await session.openTicket(token)
  if (ticket.kind === 'open') throw wrongKind('This upload was started by another client, without a size.')
  return ticket
}

function wrongKind(message: string): PartwayError {
  return new PartwayError('ticket_wrong_kind', message, { field: 'ticket' })
}
