// The routes of Uppy's Companion, for an unmodified `@uppy/aws-s3`. What it knows as the upload id is our ticket.
// Reply shapes: https://github.com/transloadit/uppy/blob/main/packages/@uppy/companion/src/server/controllers/s3.js
import type Router from '@koa/router'
import { reply } from '../error-boundary.js'
import { PartwayError } from '../errors.js'
import { abortUpload } from '../operations/abort-upload.js'
import { completeOpenUpload } from '../operations/complete-upload.js'
import { createOpenUpload, signOpenSingle } from '../operations/create-open-upload.js'
import { listParts } from '../operations/list-parts.js'
import { signOpenParts } from '../operations/sign-parts.js'
import { readJson } from '../read-json.js'
import { parseRequest } from '../request-schemas.js'
import type { OpenTicket } from '../ticket.js'
import type { Call, StartCall } from './call.js'
import {
  BatchQuery,
  CompanionFile,
  CompleteBody,
  KeyQuery,
  PartPath,
  readFileQuery,
} from './companion-schemas.js'

type Handler = (call: Call) => Promise<object>

export function addCompanionRoutes(router: Router, startCall: StartCall): void {
  const answer =
    (handle: Handler) =>
    (ctx: Call['ctx']): Promise<void> =>
      reply(
        ctx,
        // 5.1.0 shows `message`.
        (error) => ({ ...error.toBody(), message: error.message }),
        async () => await handle(await startCall(ctx)),
      )
  router.get('/s3/params', answer(params))
  router.post('/s3/multipart', answer(create))
  router.get('/s3/multipart/:uploadId', answer(list))
  // Before the next route, which would take "batch" for a part number.
  router.get('/s3/multipart/:uploadId/batch', answer(signBatch))
  router.get('/s3/multipart/:uploadId/:partNumber', answer(sign))
  router.post('/s3/multipart/:uploadId/complete', answer(complete))
  router.delete('/s3/multipart/:uploadId', answer(abort))
}

async function params({ ctx, service, session }: Call): Promise<object> {
  const file = parseRequest(CompanionFile, readFileQuery(ctx.query))
  const upload = await session.nameUpload({ ...file, size: undefined })
  const { expiresIn, ...signed } = await signOpenSingle(service, { ...upload, file })
  if (signed.method === 'POST') return { ...signed, expires: expiresIn }
  // With a PUT the fields are not sent, but clients look here for what to report.
  const fields = { bucket: service.rules.bucket, key: upload.key }
  return { ...signed, fields, expires: expiresIn }
}

async function create({ ctx, service, session }: Call): Promise<object> {
  const file = parseRequest(CompanionFile, await readJson(ctx))
  const upload = await session.nameUpload({ ...file, size: undefined })
  const { ticket, key } = await createOpenUpload(service, { ...upload, owner: session.owner, file })
  return { key, uploadId: ticket, bucket: service.rules.bucket }
}

async function list(call: Call): Promise<object> {
  const parts = await listParts(call.service, await openUpload(call))
  return parts.map(({ partNumber, size, etag }) => ({ PartNumber: partNumber, Size: size, ETag: etag }))
}

async function sign(call: Call): Promise<object> {
  const { partNumber } = parseRequest(PartPath, { partNumber: readParams(call).partNumber })
  const [part] = await signOpenParts(call.service, await openUpload(call), [partNumber])
  return { url: part?.url, expires: part?.expiresIn }
}

async function signBatch(call: Call): Promise<object> {
  const { partNumbers } = parseRequest(BatchQuery, { partNumbers: call.ctx.query.partNumbers })
  const parts = await signOpenParts(call.service, await openUpload(call), partNumbers)
  return { presignedUrls: Object.fromEntries(parts.map(({ partNumber, url }) => [partNumber, url])) }
}

async function complete(call: Call): Promise<object> {
  const ticket = await openUpload(call)
  const { parts } = parseRequest(CompleteBody, await readJson(call.ctx))
  const reported = parts.map(({ PartNumber, ETag }) => ({ partNumber: PartNumber, etag: ETag }))
  const { location, key } = await completeOpenUpload(call.service, ticket, reported)
  return { location, key, bucket: ticket.bucket }
}

async function abort(call: Call): Promise<object> {
  await abortUpload(call.service, await openUpload(call))
  return {}
}

/** The upload that the path names, if the `key` parameter names it as well. */
async function openUpload(call: Call): Promise<OpenTicket> {
  const { key } = parseRequest(KeyQuery, { key: call.ctx.query.key })
  const ticket = await call.session.openTicket(readParams(call).uploadId ?? '')
  if (ticket.key !== key) {
    throw new PartwayError('key_mismatch', 'key is not the key of this upload.', { field: 'key' })
  }
  if (ticket.kind === 'open') return ticket
  // Its parts were planned, and these routes would sign them for any length.
  throw new PartwayError('ticket_wrong_kind', 'This upload was started by another client, with a size.', {
    field: 'uploadId',
  })
}

function readParams({ ctx }: Call): Partial<Record<string, string>> {
  return ctx.params as Partial<Record<string, string>>
}
