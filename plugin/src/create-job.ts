// A file of Uppy's as a job of ours.
import type { Body, LocalUppyFile, Meta } from '@uppy/core/utils'
import { ClientError } from './errors.js'
import { type Emitter, emitError, emitProgress, emitSuccess } from './file-events.js'
import type { UploadContext } from './file-upload.js'
import { toMetadata } from './metadata.js'
import { Progress } from './progress.js'
import { UploadJob } from './upload-job.js'

/**
 * @param succeeded Told before Uppy is.
 * @returns `undefined` if there is nothing to read. Uppy is told.
 */
export function createJob<M extends Meta, B extends Body>(
  plugin: Emitter<M, B>,
  { id, meta, type, data, ...file }: LocalUppyFile<M, B>,
  context: UploadContext,
  succeeded: () => void,
): UploadJob | undefined {
  const name = String(meta.name || file.name)
  if (!data) {
    emitError(plugin, id, new ClientError('file_unreadable', { name }))
    return undefined
  }
  const metadata = toMetadata(context.settings().allowedMetaFields, meta)
  const upload = {
    request: { name, type: type ?? '', size: data.size, metadata },
    data,
    progress: new Progress(data.size, (bytes) => emitProgress(plugin, id, bytes, data.size)),
    begunAt: Date.now(),
    record: undefined,
  }
  return new UploadJob(upload, context, {
    succeeded: ({ body, ...object }) => {
      succeeded()
      emitSuccess(plugin, id, { ...body, ...object })
    },
    failed: (error) => emitError(plugin, id, error),
  })
}
