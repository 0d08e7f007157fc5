// Has the server create a file's upload, or return the one already started.
import type { FileRequest } from '@partway/server/protocol'
import { makeRandom } from '../server/browser.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { md5OfFile } from './part-checksum.js'
import { type KnownParts, knownParts, toRecord } from './upload-record.js'

/** @returns What S3 already has, for a file in parts. */
export async function createUpload(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<KnownParts | 'complete' | undefined> {
  const { lock, owner } = file
  file.singleKey ??= makeRandom()
  const idempotencyKey = lock ?? file.singleKey
  const request = { ...file.request, idempotencyKey, ...(owner !== undefined && { owner }) }
  const described = lock === undefined ? withMd5(request, file, context, signal) : request
  const grant = await context.server.create(described, signal)
  // Used once: another upload of the file needs a new key.
  file.singleKey = undefined
  file.owner = grant.owner
  file.record = toRecord(grant, file.data.size)
  if (grant.kind !== 'multipart') return undefined
  context.handles.keep(file.data, idempotencyKey, grant.ticketExpiresIn)
  context.changed()
  signal.throwIfAborted()
  return grant.isComplete ? 'complete' : knownParts(grant)
}

/** A file in one request is verified as a whole. */
async function withMd5(
  request: FileRequest,
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<FileRequest> {
  const md5 = context.sendsChecksums() && (await md5OfFile(file, context, signal))
  return { ...request, ...(md5 && { md5 }) }
}
