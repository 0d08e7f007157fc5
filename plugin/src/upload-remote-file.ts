// Files that live with a provider are not uploaded by the page: Uppy's Companion sends them.
import type { Uppy } from '@uppy/core'
import type { RequestClient } from '@uppy/core/companion-client'
import type { Body, Meta, RemoteUppyFile, TaskQueue } from '@uppy/core/utils'

/** Has Companion upload the file in parts. Settles as Uppy's own request client does, which emits the file's events. */
export async function uploadRemoteFile<M extends Meta, B extends Body>(
  uppy: Uppy<M, B>,
  file: RemoteUppyFile<M, B>,
  metadata: Record<string, string>,
  queue: TaskQueue,
): Promise<void> {
  const removed = new AbortController()
  const onRemoved = ({ id }: { id: string }) => {
    if (id === file.id) removed.abort()
  }
  uppy.on('file-removed', onRemoved)
  try {
    const client = uppy.getRequestClientForFile<RequestClient<M, B>>(file)
    const body = { ...file.remote.body, protocol: 's3-multipart', size: file.data.size, metadata }
    await client.uploadRemoteFile(file, body, { signal: removed.signal, getQueue: () => queue })
  } finally {
    uppy.off('file-removed', onRemoved)
  }
}
