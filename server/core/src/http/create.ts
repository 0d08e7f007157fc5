// `POST /create`: grants or refuses each file that a page wants to upload.

import { clientGone } from '../client-gone.js'
import { PartwayError } from '../errors.js'
import { createInParts } from '../operations/create-in-parts.js'
import { SingleBatch, type SingleGrant, type StartedSingle } from '../operations/create-single.js'
import type { Beginning } from '../operations/undo-on-failure.js'
import type { CreateReply, ErrorBody, FileRequest, MultipartGrant } from '../protocol.js'
import { goesInParts } from '../rules/plan-parts.js'
import { randomGroup } from '../rules/upload-id.js'
import type { Call } from './call.js'
import { CreateBody, parseRequest } from './request-schemas.js'
import { runBatch } from './run-batch.js'

export async function create(call: Call, body: unknown): Promise<CreateReply> {
  const { files: wanted, browser } = parseRequest(CreateBody, body)
  // Without a browser, anonymous users would resume each other's uploads.
  const isShared = call.options.owner === 'anonymous' && browser === undefined
  const files: FileRequest[] = isShared ? wanted.map(({ idempotencyKey: _, ...file }) => file) : wanted
  const { maxFilesPerRequest } = call.options.limits
  if (files.length > maxFilesPerRequest) {
    const message = `A call may create at most ${maxFilesPerRequest} uploads, not ${files.length}.`
    throw new PartwayError('too_many_files', message, { field: 'files' })
  }
  const beginning = call.session.begin(browser)
  // The keys are random, so the same files mean a retry of this call.
  const isNamed = files.every(({ idempotencyKey }) => idempotencyKey !== undefined)
  const name = isNamed ? JSON.stringify(files) : undefined
  const batch = new SingleBatch(call.service, files.length, name, beginning)
  const group = randomGroup()
  const begin = ([index, file]: [number, FileRequest]) =>
    beginOne(call, { ...file, group }, { batch, index, beginning })
  const started = await runBatch([...files.entries()], begin, call)
  const uploads = await grantSingles(call, batch, started)
  return { uploads: uploads.map((upload, index) => ('error' in upload ? inFile(upload, index) : upload)) }
}

async function beginOne(
  call: Call,
  { metadata = {}, idempotencyKey, owner, ...file }: FileRequest & { group: string },
  {
    batch,
    index,
    beginning,
  }: { batch: SingleBatch; index: number; beginning: Omit<Beginning, 'idempotencyKey'> },
): Promise<MultipartGrant | StartedSingle> {
  const { service, session, options } = call
  return await call.operate('create.file', async (subject) => {
    Object.assign(subject, { owner: session.owner, size: file.size })
    if (service.signal.aborted) throw clientGone()
    if (owner !== undefined && owner !== service.ownerMark) throw signedInAsOther()
    const upload = await call.allow({ ...file, metadata })
    Object.assign(subject, { id: upload.id, bucket: upload.bucket, key: upload.key })
    const sized = { ...upload, size: file.size, md5: file.md5 }
    if (!goesInParts(file.size, options)) return await batch.begin(sized, index)
    const named = { ...beginning, ...(idempotencyKey !== undefined && { idempotencyKey }) }
    return await createInParts(service, sized, named)
  })
}

function signedInAsOther(): PartwayError {
  const message = 'Somebody else has started the upload of this file. Only they can continue it.'
  return new PartwayError('signed_in_as_other', message)
}

/** Grants the files of a call that go in one request each. */
async function grantSingles(
  call: Call,
  batch: SingleBatch,
  started: (MultipartGrant | StartedSingle | ErrorBody)[],
): Promise<CreateReply['uploads']> {
  const isSingle = (item: (typeof started)[number]): item is StartedSingle =>
    'kind' in item && item.kind === 'started'
  const singles = started.filter(isSingle)
  if (singles.length === 0) return started as CreateReply['uploads']
  const granting = call.operate('create.singles', () => batch.grant(singles))
  const grants = await runBatch(
    singles,
    async (single) => (await granting)[singles.indexOf(single)] as SingleGrant,
    call,
  )
  return started.map((item) => (isSingle(item) ? (grants[singles.indexOf(item)] as SingleGrant) : item))
}

// Operations name the fields of one file; the page sent a list.
function inFile(error: ErrorBody, index: number): ErrorBody {
  return error.field === undefined ? error : { ...error, field: `files[${index}].${error.field}` }
}
