// Uploads that can be continued, as the server lists them.
import type { UnfinishedUpload as Listed, UnfinishedRequest } from '@partway/server/protocol'
import { ClientError, hostOf } from '../errors.js'
import { retrying } from '../transfer/retry.js'
import { isGone } from './decide.js'
import type { UploadContext } from './file-upload.js'
import { readAgain } from './kept-handles.js'
import { lockOf, type PickedUpload, toPicked } from './picked-upload.js'
import { broadcastDiscarded } from './tabs.js'
import type { UnfinishedOptions, UnfinishedUpload } from './unfinished-upload.js'
import { heldLocks, withUploadLock } from './upload-lock.js'

/** Longest wait for the server, and for a tab to stop. */
const ASK_MS = 10_000

/** A file to add to Uppy, and the upload that it resumes. */
export interface UnfinishedFile {
  file: { name: string; type: string; meta: Record<string, string>; data: File }
  picked: PickedUpload
}

type Context = Pick<
  UploadContext,
  'handles' | 'server' | 'settings' | 'goesInParts' | 'discarding' | 'changed' | 'log'
>

/** Empty if there are no more. @throws PartwayError */
export async function listUnfinished(
  { after }: UnfinishedOptions,
  context: Context,
): Promise<UnfinishedUpload[]> {
  const discarded = [...context.discarding]
  const isDiscarded = (upload: Listed) =>
    discarded.some(({ lock, record }) => lock === lockOf(upload) && record?.key === upload.key)
  const all = await list({ ...(after !== undefined && { after }) }, context)
  const listed = all.filter((upload) => !isDiscarded(upload))
  const [first] = listed
  if (!first) return []
  // The user may resume them soon: loads what that needs.
  void context.goesInParts(first.size, new AbortController().signal)
  const [held, handles] = await Promise.all([heldLocks(), context.handles.list()])
  return listed.map((upload) => {
    const { id, name, type, size, bytesUploaded, startedHere } = upload
    const lock = lockOf(upload)
    return {
      id,
      name,
      type,
      size,
      bytesUploaded,
      createdAt: new Date(upload.createdAt * 1000),
      expiresAt: new Date(Date.now() + upload.ticketExpiresIn * 1000),
      startedHere,
      running: held.has(lock),
      hasHandle: handles.has(lock),
    }
  })
}

/**
 * Stops the upload in every tab and has the server abort it, so that S3 keeps nothing of it. Ignores an unknown `id`.
 * @throws PartwayError
 */
export async function discardUnfinished(id: string, context: Context): Promise<void> {
  const [upload] = await list({ id }, context)
  // The caller's list is stale.
  if (!upload) return context.changed()
  const lock = lockOf(upload)
  broadcastDiscarded({ key: upload.key, lock })
  const signal = AbortSignal.timeout(ASK_MS)
  const abort = () => inTime((signal) => context.server.abort(upload.ticket, signal), context)
  try {
    await withUploadLock(lock, signal, abort).catch((error) => {
      // A frozen tab keeps its lock.
      if (error === signal.reason) return abort()
      throw error
    })
  } catch (error) {
    if (!isGone(error)) throw error
  }
  context.changed()
}

/**
 * Makes the picked file one that resumes the upload.
 * @throws ClientError `upload_unknown`, `file_differs`; PartwayError
 */
export async function pickUnfinished(id: string, data: File, context: Context): Promise<UnfinishedFile> {
  const [upload] = await list({ id }, context)
  if (!upload) {
    context.changed()
    throw new ClientError('upload_unknown', { name: data.name })
  }
  if (upload.size !== data.size) throw new ClientError('file_differs', { name: data.name })
  return toFile(upload, data)
}

/** Files with a remembered handle that the user lets the page read again. @throws PartwayError */
export async function readUnfinished(context: Context): Promise<UnfinishedFile[]> {
  const handles = await context.handles.list()
  if (handles.size === 0) return []
  const files: UnfinishedFile[] = []
  // One after the other: browsers show one prompt at a time.
  for (const upload of await list({}, context)) {
    const handle = handles.get(lockOf(upload))
    const data = handle && (await readAgain(handle, upload.size))
    if (data) files.push(toFile(upload, data))
  }
  return files
}

function toFile(upload: Listed, data: File): UnfinishedFile {
  const { name, type, metadata } = upload
  return { file: { name, type, meta: metadata, data }, picked: toPicked(upload) }
}

/** A page of the list: an empty one is the last. */
async function list(request: UnfinishedRequest, context: Context): Promise<Listed[]> {
  const { server, log } = context
  const { retry } = context.settings()
  return await inTime((signal) => {
    const ask = async (after = request.after): Promise<Listed[]> => {
      const more = after !== undefined && { after }
      const reply = await server.unfinished({ ...request, ...more }, signal)
      const isEmpty = reply.uploads.length === 0 && reply.after !== undefined
      return isEmpty ? await ask(reply.after) : reply.uploads
    }
    return retrying(() => ask(), { retry, signal, log })
  }, context)
}

async function inTime<T>(run: (signal: AbortSignal) => Promise<T>, { settings }: Context): Promise<T> {
  const signal = AbortSignal.timeout(ASK_MS)
  try {
    return await run(signal)
  } catch (error) {
    if (error !== signal.reason) throw error
    throw new ClientError('network_error', { host: hostOf(settings().endpoint) })
  }
}
