// Uploads that can be continued: what this browser knows of, and what the server lists that other browsers began.
import type { ElsewhereUpload } from './elsewhere.js'
import { ClientError, isGone, PartwayError } from './errors.js'
import { readAgain } from './file-handles.js'
import type { UploadContext } from './file-upload.js'
import { pickFile } from './picked-files.js'
import { isForeign } from './resume.js'
import { type StoredUpload, toAbsolute, type UploadKey, type UploadScope } from './stored-upload.js'
import type { UnfinishedUpload } from './unfinished-upload.js'

/** Longest wait for the server's word on each of them. */
const ASK_MS = 10_000

/** As Uppy adds it. */
export interface UnfinishedFile {
  name: string
  type: string
  meta: Record<string, string>
  data: File
}

type Context = Pick<
  UploadContext,
  'store' | 'server' | 'settings' | 'elsewhere' | 'goesInParts' | 'discarding'
>

/** The oldest first. Those that S3 or the server no longer know are forgotten. */
export async function listUnfinished(context: Context): Promise<UnfinishedUpload[]> {
  // In this order: what this browser begins meanwhile is then known to be its own.
  const listed = await context.elsewhere.list()
  const stored = await context.store.list(scopeOf(context))
  const begunHere = new Set(stored.map(({ objectKey }) => objectKey))
  const begunElsewhere = listed.filter(({ objectKey }) => !begunHere.has(objectKey))
  const discarded = new Set([...context.discarding].map(({ record }) => record?.ticket))
  const open = stored.filter(({ completed, ticket }) => !completed && !discarded.has(ticket))
  // Their user may be about to add them again.
  if (open[0]) void context.goesInParts(open[0].size, new AbortController().signal)
  const described = await Promise.all(open.map((upload) => describe(upload, context)))
  return described
    .filter((upload) => upload !== undefined)
    .concat(begunElsewhere.map(describeElsewhere))
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
}

/** Has the server abort it, so that S3 keeps nothing of it, and forgets it. An `id` that is not known does nothing. */
export async function discardUnfinished(id: string, context: Context): Promise<void> {
  const { store, server, elsewhere } = context
  const stored = await store.get(keyOf(id, context))
  const ticket = stored?.ticket ?? elsewhere.get(id)?.ticket
  if (ticket === undefined) return
  await server.abort(ticket, AbortSignal.timeout(ASK_MS)).catch((error: unknown) => {
    if (!isOver(error)) throw error
  })
  if (stored) await store.delete(stored)
  elsewhere.forget(id)
}

/**
 * Makes the file one that goes on with the upload.
 * @throws ClientError `upload_unknown`, `file_differs`
 */
export async function pickUnfinished(id: string, data: File, context: Context): Promise<UnfinishedFile> {
  const key = keyOf(id, context)
  const stored = await context.store.get(key)
  const upload = stored && !stored.completed ? { ...stored, key } : context.elsewhere.get(id)
  if (!upload) throw new ClientError('upload_unknown', { name: data.name })
  if (upload.plan.size !== data.size) throw new ClientError('file_differs', { name: data.name })
  pickFile(data, upload)
  const { name, type, metadata: meta } = stored ?? { name: data.name, type: data.type, metadata: {} }
  return { name, type, meta, data }
}

/** Files whose handles the page has remembered, and that the user lets it read again. */
export async function readUnfinished(context: Context): Promise<UnfinishedFile[]> {
  const files: UnfinishedFile[] = []
  // One after the other: browsers show one question at a time.
  for (const stored of await context.store.list(scopeOf(context))) {
    const data = stored.completed ? undefined : await readAgain(stored)
    if (data) files.push({ name: stored.name, type: stored.type, meta: stored.metadata, data })
  }
  return files
}

async function describe(
  stored: StoredUpload,
  { store, server }: Context,
): Promise<UnfinishedUpload | undefined> {
  const { fingerprint: id, name, type, size, ticket, handle } = stored
  let bytesUploaded: number | undefined
  try {
    const { parts } = await server.storedParts({ ticket }, AbortSignal.timeout(ASK_MS))
    bytesUploaded = parts.reduce((sum, part) => sum + part.size, 0)
  } catch (error) {
    if (isOver(error)) {
      await store.delete(stored)
      return undefined
    }
  }
  const [createdAt, expiresAt] = [new Date(stored.createdAt), new Date(stored.expiresAt)]
  const hasHandle = handle !== undefined
  return { id, name, type, size, bytesUploaded, hasHandle, elsewhere: false, createdAt, expiresAt }
}

function describeElsewhere(upload: ElsewhereUpload): UnfinishedUpload {
  const { objectKey: id, name, plan, bytesUploaded } = upload
  const [createdAt, expiresAt] = [new Date(upload.createdAt), new Date(upload.expiresAt)]
  const unknown = { type: '', hasHandle: false }
  return { id, name, size: plan.size, bytesUploaded, ...unknown, elsewhere: true, createdAt, expiresAt }
}

function isOver(error: unknown): boolean {
  return error instanceof PartwayError && (isGone(error) || isForeign(error))
}

function keyOf(id: string, context: Context): UploadKey {
  return { ...scopeOf(context), fingerprint: id }
}

function scopeOf({ settings }: Context): UploadScope {
  const { endpoint, owner } = settings()
  return { endpoint: toAbsolute(endpoint), owner }
}
