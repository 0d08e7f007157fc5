// Creates the upload job of a file in Uppy.

import type { FileRequest } from '@partway/server/protocol'
import type { Body, Meta } from '@uppy/core'
import { ClientError, TryFailure } from '../errors.js'
import type { FileUpload, UploadContext } from '../upload/file-upload.js'
import type { Identity } from '../upload/identity.js'
import type { PickedUpload } from '../upload/picked-upload.js'
import { Progress } from '../upload/progress.js'
import { UploadJob } from '../upload/upload-job.js'
import { emitProgress, emitStalled, emitSuccess } from './file-events.js'
import { type Emitter, emitError, setWaiting } from './file-state.js'
import { toMetadata } from './metadata.js'
import type { LocalUppyFile } from './uppy-files.js'

/** Callbacks for the state of jobs. */
export interface JobWatcher {
  started(job: UploadJob): void
  /** It has succeeded, failed or been stopped. */
  ended(job: UploadJob): void
  /** Called before Uppy's event. */
  succeeded(job: UploadJob): void
}

/** What is known of a file before it starts. */
export interface KnownFile {
  identity: Identity
  picked?: PickedUpload
  /** Who started an upload of it. */
  owner?: string
}

/** @returns `undefined`, after an error event, if the file has no data. */
export function createJob<M extends Meta, B extends Body>(
  plugin: Emitter<M, B>,
  file: LocalUppyFile<M, B>,
  known: KnownFile,
  context: UploadContext,
  watcher: JobWatcher,
): UploadJob | undefined {
  const { id, data } = file
  const request = toRequest(file, context)
  if (!data) {
    emitError(plugin, id, new ClientError('file_unreadable', { name: request.name }))
    return undefined
  }
  const upload: FileUpload = {
    ...known,
    request,
    data,
    ownName: ownNameOf(file),
    variant: 0,
    progress: new Progress(data.size, (bytes) => {
      // The same file, added again, may have this id by now.
      if (!job.stopped) emitProgress(plugin, id, bytes, data.size)
    }),
    tryFailed: (error: unknown) => {
      const failure = error instanceof TryFailure ? error.final : undefined
      const isStalled = failure instanceof ClientError && failure.code === 'upload_stalled'
      if (isStalled && !job.stopped) emitStalled(plugin, id, failure)
    },
    waitsFor: (what) => {
      const notice = what && (`waiting_for_${what}` as const)
      const values = { name: request.name }
      context.admission.setAside(upload, what === 'drive')
      if (notice) context.notify(notice, values)
      const why = notice && plugin.i18n(notice, values)
      setWaiting(plugin, [id], why)
      if (why) context.log(why)
    },
    record: undefined,
  }
  const job: UploadJob = new UploadJob(upload, context, {
    started: () => watcher.started(job),
    ended: () => watcher.ended(job),
    succeeded: ({ body, ...object }) => {
      watcher.succeeded(job)
      emitSuccess(plugin, id, { ...body, ...object })
    },
    failed: (error) => emitError(plugin, id, error),
  })
  return job
}

/** Whether the job still uploads this file: the page may have changed it after a failure. */
export function isUpToDate<M extends Meta, B extends Body>(
  { file: { request, data } }: UploadJob,
  file: LocalUppyFile<M, B>,
  context: UploadContext,
): boolean {
  return isSame(data, file.data) && JSON.stringify(request) === JSON.stringify(toRequest(file, context))
}

// A file that the user picks again is a new object.
function isSame(one: Blob, other: Blob | null | undefined): boolean {
  if (one === other) return true
  const files = one instanceof File && other instanceof File
  return files && one.size === other.size && one.lastModified === other.lastModified
}

/** The file's original name, whatever the page calls it. */
export function ownNameOf<M extends Meta, B extends Body>({ data, name }: LocalUppyFile<M, B>): string {
  return data instanceof File ? data.name : String(name ?? '')
}

/** The request that the server gets for the file. */
export function toRequest<M extends Meta, B extends Body>(
  { meta, type, data, name }: LocalUppyFile<M, B>,
  { settings }: UploadContext,
): FileRequest {
  return {
    name: String(meta.name || name),
    type: type ?? '',
    size: data?.size ?? 0,
    metadata: toMetadata(settings().allowedMetaFields, meta),
  }
}
