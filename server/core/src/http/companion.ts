// The routes of Uppy's Companion, for an unmodified `@uppy/aws-s3`. Its upload id is our ticket.
// Reply shapes: https://github.com/transloadit/uppy/blob/main/packages/@uppy/companion/src/server/controllers/s3.js

import { PartwayError } from '../errors.js'
import { abortUpload } from '../operations/abort-upload.js'
import { completeOpenUpload } from '../operations/complete-upload.js'
import { createOpenUpload, signOpenSingle } from '../operations/create-open-upload.js'
import { listParts } from '../operations/list-parts.js'
import { signOpenParts } from '../operations/sign-parts.js'
import type { AllowedUpload } from '../rules/authorize.js'
import { MAX_PART_SIZE } from '../rules/plan-parts.js'
import type { OpenTicket } from '../tickets/ticket.js'
import type { Call, Route } from './call.js'
import {
  BatchQuery,
  CompanionFile,
  CompleteBody,
  KeyQuery,
  PartPath,
  readFileQuery,
} from './companion-schemas.js'
import { readJson } from './read-json.js'
import { parseRequest } from './request-schemas.js'
import { settle } from './settle.js'

export const companionRoutes: Route[] = [
  { method: 'get', path: '/s3/params', operation: 'create', handle: params },
  { method: 'post', path: '/s3/multipart', operation: 'create', handle: create },
  { method: 'get', path: '/s3/multipart/:uploadId', operation: 'parts', handle: list },
  // Before the next route, which would take "batch" for a part number.
  { method: 'get', path: '/s3/multipart/:uploadId/batch', operation: 'sign', handle: signBatch },
  { method: 'get', path: '/s3/multipart/:uploadId/:partNumber', operation: 'sign', handle: sign },
  { method: 'post', path: '/s3/multipart/:uploadId/complete', operation: 'complete', handle: complete },
  { method: 'delete', path: '/s3/multipart/:uploadId', operation: 'abort', handle: abort },
]

/** For clients that sign in the browser. @param issue returns credentials limited to the owner's prefix */
export function stsRoute(issue: (owner: string) => Promise<object>): Route {
  const handle = async ({ session, subject }: Call) => {
    subject.owner = session.owner
    return await issue(session.owner)
  }
  return { method: 'get', path: '/s3/sts', operation: 'sts', handle }
}

/**
 * Signs a file that goes in one request: `fields` for a form POST, `headers` for a PUT.
 * @param call Query: `filename`, `type`, `metadata[…]`
 */
async function params(call: Call): Promise<{
  method: 'POST' | 'PUT'
  url: string
  fields: Record<string, string>
  headers?: Record<string, string>
  expires: number
}> {
  const upload = await allow(call, readFileQuery(call.http.query))
  checkUnseen(call, upload)
  const { expiresIn, ...signed } = await signOpenSingle(call.service, upload, call.session.begin(undefined))
  if (signed.method === 'POST') return { ...signed, expires: expiresIn }
  // A PUT sends no fields, but clients read here what to report.
  return { ...signed, fields: { bucket: upload.bucket, key: upload.key }, expires: expiresIn }
}

/** Refuses a single request where it needs a check: the client could send the file again after the check. */
function checkUnseen({ options, service }: Call, { limits }: AllowedUpload): void {
  const hasBounds = limits.maxFileSize < MAX_PART_SIZE || limits.minFileSize > 0 || service.quota.countsBytes
  // A presigned PUT takes any length; a form has its bounds signed.
  if (!service.verify && !(hasBounds && options.singleUpload === 'put')) return
  const message = 'This server takes uploads in parts only: set shouldUseMultipart: true in @uppy/aws-s3.'
  throw new PartwayError('multipart_required', message)
}

/**
 * Starts an upload in parts.
 * @param call JSON: `{ filename, type?, metadata? }`
 */
async function create(call: Call): Promise<{ key: string; uploadId: string; bucket: string }> {
  const upload = await allow(call, await readJson(call.http))
  const ticket = await createOpenUpload(call.service, upload, call.session.begin(undefined))
  return { key: upload.key, uploadId: ticket, bucket: upload.bucket }
}

async function allow(call: Call, input: unknown): Promise<AllowedUpload> {
  call.subject.owner = call.session.owner
  const upload = await call.allow({ ...parseRequest(CompanionFile, input), size: undefined })
  const { id, bucket, key } = upload
  Object.assign(call.subject, { id, bucket, key })
  return upload
}

/**
 * Lists all parts that S3 holds.
 * @param call Query: `key`
 */
async function list(call: Call): Promise<{ PartNumber: number; Size: number; ETag: string }[]> {
  const parts = await listParts(call.service, await openUpload(call))
  return parts.map(({ partNumber, size, etag }) => ({ PartNumber: partNumber, Size: size, ETag: etag }))
}

/**
 * Signs a part.
 * @param call Query: `key`
 */
async function sign(call: Call): Promise<{ url: string | undefined; expires: number | undefined }> {
  const { partNumber } = parseRequest(PartPath, { partNumber: call.http.params.partNumber })
  const [part] = await signOpenParts(call.service, await openUpload(call), [partNumber])
  return { url: part?.url, expires: part?.expiresIn }
}

/**
 * Signs up to 100 parts: URLs by their number.
 * @param call Query: `key`, `partNumbers` (by commas)
 */
async function signBatch(call: Call): Promise<{ presignedUrls: Record<string, string> }> {
  const { partNumbers } = parseRequest(BatchQuery, { partNumbers: call.http.query.partNumbers })
  const parts = await signOpenParts(call.service, await openUpload(call), partNumbers)
  return { presignedUrls: Object.fromEntries(parts.map(({ partNumber, url }) => [partNumber, url])) }
}

/**
 * Makes an object of the parts, which must be what S3 holds. The reply also has the fields that `onComplete` returned.
 * @param call Query: `key`. JSON: `{ parts: [{ PartNumber, ETag }] }`
 */
async function complete(call: Call): Promise<{ location: string; key: string; bucket: string }> {
  const ticket = await openUpload(call)
  const { parts } = parseRequest(CompleteBody, await readJson(call.http))
  const reported = parts.map(({ PartNumber, ETag }) => ({ partNumber: PartNumber, etag: ETag }))
  const settleIfDeleted = async (error: unknown): Promise<never> => {
    if (error instanceof PartwayError && error.deleted) await settle(call, [ticket])
    throw error
  }
  const completed = await completeOpenUpload(call.service, ticket, reported).catch(settleIfDeleted)
  await settle(call, [ticket])
  const { location, key, body } = completed
  // Clients pass the whole reply on as the body of `upload-success`.
  return { ...body, location, key, bucket: ticket.bucket }
}

/**
 * Gives the upload up. What was completed stays.
 * @param call Query: `key`
 * @returns an empty object
 */
async function abort(call: Call): Promise<object> {
  const ticket = await openUpload(call)
  if (await abortUpload(call.service, ticket, 'cancelled')) await settle(call, [ticket])
  return {}
}

/** Opens the upload that the path names, if the `key` parameter names it as well. */
async function openUpload(call: Call): Promise<OpenTicket> {
  const { key: sentKey } = parseRequest(KeyQuery, { key: call.http.query.key })
  const ticket = await call.session.openCompanionTicket(call.http.params.uploadId ?? '', sentKey)
  const { id, owner, bucket, key } = ticket
  Object.assign(call.subject, { id, owner, bucket, key })
  return ticket
}
