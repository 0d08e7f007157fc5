// What this browser knows of uploads that can be continued.
import { isGone, PartwayError } from './errors.js'
import { readAgain } from './file-handles.js'
import type { UploadContext } from './file-upload.js'
import { isForeign } from './resume.js'
import { type StoredUpload, toAbsolute, type UploadScope } from './stored-upload.js'

/** Longest wait for the server's word on each of them. */
const ASK_MS = 10_000

/** An upload of this browser that adding the same file again would continue. */
export interface UnfinishedUpload {
  /** For `discard`. */
  id: string
  /** The file's. */
  name: string
  /** MIME type, or ''. */
  type: string
  /** Bytes. */
  size: number
  /** What S3 has of it. `undefined` if the server could not be asked. */
  bytesUploaded: number | undefined
  /** Whether `continueUnfinished` can go on with it: the page has called `rememberHandle`. */
  hasHandle: boolean
  createdAt: Date
  /** When it cannot be continued any more. */
  expiresAt: Date
}

/** As Uppy adds it. */
export interface UnfinishedFile {
  name: string
  type: string
  meta: Record<string, string>
  data: File
}

type Context = Pick<UploadContext, 'store' | 'server' | 'settings'>

/** The oldest first. Those that S3 or the server no longer know are forgotten. */
export async function listUnfinished(context: Context): Promise<UnfinishedUpload[]> {
  const stored = await context.store.list(scopeOf(context))
  const open = stored.filter(({ completed }) => !completed)
  const described = await Promise.all(open.map((upload) => describe(upload, context)))
  return described.filter((upload) => upload !== undefined)
}

/** Has the server abort it, so that S3 keeps nothing of it, and forgets it. An `id` that is not known does nothing. */
export async function discardUnfinished(id: string, context: Context): Promise<void> {
  const stored = await context.store.get({ ...scopeOf(context), fingerprint: id })
  if (!stored) return
  await context.server.abort(stored.ticket, AbortSignal.timeout(ASK_MS)).catch((error: unknown) => {
    if (!isOver(error)) throw error
  })
  await context.store.delete(stored)
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
    const parts = await server.storedParts(ticket, AbortSignal.timeout(ASK_MS))
    bytesUploaded = parts.reduce((sum, part) => sum + part.size, 0)
  } catch (error) {
    if (isOver(error)) {
      await store.delete(stored)
      return undefined
    }
  }
  const [createdAt, expiresAt] = [new Date(stored.createdAt), new Date(stored.expiresAt)]
  return { id, name, type, size, bytesUploaded, hasHandle: handle !== undefined, createdAt, expiresAt }
}

function isOver(error: unknown): boolean {
  return error instanceof PartwayError && (isGone(error) || isForeign(error))
}

function scopeOf({ settings }: Context): UploadScope {
  const { endpoint, owner } = settings()
  return { endpoint: toAbsolute(endpoint), owner }
}
