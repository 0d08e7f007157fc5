// The signed-in owner's uploads that other browsers began, as the server listed them last.
import type { UnfinishedUpload } from '@partway/koa/protocol'
import type { PickedUpload } from './picked-files.js'
import type { UploadServer } from './server-client.js'

/** Longest wait for the list. */
const ASK_MS = 10_000

export interface ElsewhereUpload extends PickedUpload {
  /** What the key keeps of the file's name. */
  name: string
  /** What S3 has of it. */
  bytesUploaded: number
}

/** By object key. This browser's own uploads are in it, too. */
export class Elsewhere {
  readonly #uploads = new Map<string, ElsewhereUpload>()

  constructor(
    private readonly server: Pick<UploadServer, 'unfinished'>,
    private readonly log: (message: string) => void,
  ) {}

  /** Asks the server. Where it has no list, or fails, there is nothing. */
  async list(): Promise<ElsewhereUpload[]> {
    try {
      const listed = (await this.server.unfinished(AbortSignal.timeout(ASK_MS))).map(toUpload)
      this.#uploads.clear()
      for (const upload of listed) this.#uploads.set(upload.objectKey, upload)
      return listed
    } catch (error) {
      this.log(`Uploads that other browsers began are not known: ${error}`)
      return []
    }
  }

  /** Of the latest list. */
  get(objectKey: string): ElsewhereUpload | undefined {
    return this.#uploads.get(objectKey)
  }

  forget(objectKey: string): void {
    this.#uploads.delete(objectKey)
  }
}

function toUpload({ ticketExpiresIn, ...listed }: UnfinishedUpload): ElsewhereUpload {
  const { ticket, key: objectKey, name, size, partSize, partCount, checksum, bytesUploaded } = listed
  return {
    key: undefined,
    ticket,
    objectKey,
    name,
    plan: { size, partSize, partCount },
    checksum,
    bytesUploaded,
    createdAt: listed.createdAt * 1000,
    expiresAt: Date.now() + ticketExpiresIn * 1000,
  }
}
