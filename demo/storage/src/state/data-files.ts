// The files that hold a bucket's bytes. A file that is being read outlives its removal until the reader is done.
import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { S3Error } from '../s3-error.js'
import { syncFolder } from './durable-files.js'
import { UnreadableError } from './read-record.js'
import type { Segment } from './records.js'

export class DataFiles {
  private readonly readers = new Map<string, number>()
  private readonly removedWhileRead = new Set<string>()

  constructor(private readonly folder: string) {}

  /** Writes a new file from the stream; a failed or truncated stream leaves nothing behind. */
  async write(source: Readable, through: NodeJS.ReadWriteStream[]): Promise<string> {
    const dataId = randomUUID()
    const file = createWriteStream(this.path(dataId), { flags: 'wx', flush: true })
    try {
      await pipeline([source, ...through, file])
      await syncFolder(this.folder)
      return dataId
    } catch (error) {
      // Otherwise the disk could make the file after its removal.
      if (!file.closed) await new Promise<void>((resolve) => file.once('close', () => resolve()))
      await this.remove([dataId])
      // The folder is missing only if its bucket was deleted.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new S3Error('NoSuchBucket')
      throw error
    }
  }

  /** The bytes from `start` to `end` (inclusive) of the segments in a row. */
  async *read(segments: Segment[], start: number, end: number): AsyncGenerator<Buffer> {
    for (const { dataId } of segments) this.readers.set(dataId, (this.readers.get(dataId) ?? 0) + 1)
    try {
      let offset = 0
      for (const { dataId, size } of segments) {
        const from = Math.max(start - offset, 0)
        const to = Math.min(end - offset, size - 1)
        if (from <= to) yield* createReadStream(this.path(dataId), { start: from, end: to })
        offset += size
      }
    } finally {
      for (const { dataId } of segments) await this.release(dataId)
    }
  }

  async remove(dataIds: Iterable<string>): Promise<void> {
    for (const dataId of dataIds) {
      if (this.readers.has(dataId)) this.removedWhileRead.add(dataId)
      else await rm(this.path(dataId), { force: true })
    }
  }

  /** At a start only, when nothing else waits. @throws UnreadableError if it is missing, truncated or no file */
  checkWhole({ dataId, size }: Segment): void {
    const file = statSync(this.path(dataId), { throwIfNoEntry: false })
    if (!file?.isFile() || file.size !== size)
      throw new UnreadableError(`its bytes in ${dataId} are not all there`)
  }

  private async release(dataId: string): Promise<void> {
    const readers = (this.readers.get(dataId) ?? 0) - 1
    if (readers > 0) {
      this.readers.set(dataId, readers)
      return
    }
    this.readers.delete(dataId)
    if (this.removedWhileRead.delete(dataId)) await this.remove([dataId])
  }

  private path(dataId: string): string {
    return join(this.folder, dataId)
  }
}
