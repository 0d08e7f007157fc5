// Files from a remote provider: Uppy's Companion uploads them, not the page.
import type { Body, Meta, Uppy } from '@uppy/core'
import { RemoteQueue } from './remote-queue.js'
import type { RemoteUppyFile } from './uppy-files.js'

/** What is used of Uppy's own, whose type has another path in each version of Uppy. */
interface RequestClient {
  uploadRemoteFile(
    file: object,
    body: object,
    options: { signal: AbortSignal; getQueue(): RemoteQueue },
  ): Promise<void>
}

/** Remote files of one Uppy. */
export class RemoteFiles<M extends Meta, B extends Body> {
  readonly #queue: RemoteQueue
  #underWay = 0

  /** @param changed Called when the first one starts, and when the last one has ended. */
  constructor(
    private readonly uppy: Uppy<M, B>,
    limit: () => number,
    private readonly changed: () => void,
  ) {
    this.#queue = new RemoteQueue(limit)
  }

  get underWay(): boolean {
    return this.#underWay > 0
  }

  /**
   * Has Companion upload the file in parts. Uppy's own request client emits the file's events.
   * @throws Error if Uppy has none for the file
   */
  async upload(file: RemoteUppyFile<M, B>, metadata: Record<string, string>): Promise<void> {
    if (++this.#underWay === 1) this.changed()
    try {
      await uploadRemoteFile(this.uppy, file, metadata, this.#queue)
    } finally {
      if (--this.#underWay === 0) this.changed()
    }
  }

  /** Drops queued files. */
  clear(): void {
    this.#queue.clear()
  }
}

async function uploadRemoteFile<M extends Meta, B extends Body>(
  uppy: Uppy<M, B>,
  file: RemoteUppyFile<M, B>,
  metadata: Record<string, string>,
  queue: RemoteQueue,
): Promise<void> {
  const removed = new AbortController()
  const onRemoved = ({ id }: { id: string }) => {
    if (id === file.id) removed.abort()
  }
  uppy.on('file-removed', onRemoved)
  try {
    const client = uppy.getRequestClientForFile<RequestClient>(file)
    const body = { ...file.remote.body, protocol: 's3-multipart', size: file.data.size, metadata }
    const uploading = client.uploadRemoteFile(file, body, { signal: removed.signal, getQueue: () => queue })
    // The client reports its errors to Uppy itself.
    await uploading.catch(() => undefined)
  } finally {
    uppy.off('file-removed', onRemoved)
  }
}
