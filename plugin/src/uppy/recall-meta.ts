// Restores a file's metadata from its unfinished upload, so that the user need not enter it again.

import type { UnfinishedUpload } from '@partway/server/protocol'
import type { Meta } from '@uppy/core'
import type { AddedFile, UploadContext } from '../upload/file-upload.js'
import { toMetadata } from './metadata.js'

/** Longest wait for the server. */
const ASK_MS = 3000

/**
 * The fields missing in the file's `meta` to resume its upload. None if there is no such upload, or if other fields differ:
 * then it is another upload.
 * @throws any failure on the way. The caller goes on without the fields.
 */
export async function recallMeta(
  file: AddedFile,
  meta: Meta,
  context: Pick<UploadContext, 'server' | 'settings' | 'readers'>,
): Promise<Record<string, string>> {
  const { identity } = file
  const hangs = new AbortController()
  const readable = { ...file, waitsFor: (what: unknown) => void (what && hangs.abort()) }
  const reading = AbortSignal.any([identity.left, hangs.signal])
  const idempotencyKey = identity.idempotencyKey(await identity.base(readable, context, reading))
  const signal = AbortSignal.any([identity.left, AbortSignal.timeout(ASK_MS)])
  const { uploads } = await context.server.unfinished({ idempotencyKey }, signal)
  const isUnset = (field: string) =>
    (meta[field] ?? '') === '' || (field === 'name' && meta[field] === file.ownName)
  const allowed = context.settings().allowedMetaFields
  const fits = ({ metadata }: UnfinishedUpload) => {
    const said = Object.entries(toMetadata(allowed, meta)).filter(([field]) => !isUnset(field))
    return said.every(([field, value]) => metadata[field] === value)
  }
  const [upload] = uploads.filter(fits).sort((a, b) => b.bytesUploaded - a.bytesUploaded)
  if (!upload) return {}
  const known = { ...toMetadata(allowed, upload.metadata), name: upload.name }
  return Object.fromEntries(Object.entries(known).filter(([field]) => isUnset(field)))
}
