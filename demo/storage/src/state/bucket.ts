// One bucket's state. The maps say what is visible; each change is first a record on disk.
// Changes of one key run one after another, so that what a change checked still holds when it is written. Changes of
// different keys write in parallel.
import { join } from 'node:path'
import { S3Error } from '../s3-error.js'
import { DataFiles } from './data-files.js'
import type { BucketRecord, ObjectRecord, PartRecord, UploadRecord } from './records.js'
import { compareUtf8, SortedMap } from './sorted-map.js'
import type { BucketFolder } from './store-folder.js'

export interface Upload {
  record: UploadRecord
  parts: Map<number, PartRecord>
}

export class Bucket {
  /** By key, and in the order of S3's lists. */
  readonly objects = new SortedMap<ObjectRecord>((a, b) => compareUtf8(a.key, b.key))
  /** By upload id, and in the order of S3's lists: those of one key by creation. */
  readonly uploads = new SortedMap<Upload>(
    ({ record: a }, { record: b }) => compareUtf8(a.key, b.key) || compareUtf8(a.uploadId, b.uploadId),
  )
  readonly data: DataFiles
  private isDeleted = false
  private readonly lastChanges = new Map<string, Promise<void>>()

  constructor(
    public record: BucketRecord,
    readonly folder: BucketFolder,
  ) {
    this.data = new DataFiles(folder.data)
  }

  /**
   * Runs `change` after all earlier ones of that key.
   * @param key Empty for the bucket itself.
   * @throws S3Error NoSuchBucket once the bucket is deleted
   */
  change<T>(key: string, change: () => Promise<T>): Promise<T> {
    const result = (this.lastChanges.get(key) ?? Promise.resolve()).then(() => {
      if (this.isDeleted) throw new S3Error('NoSuchBucket')
      return change()
    })
    const forget = (): void => {
      if (this.lastChanges.get(key) === done) this.lastChanges.delete(key)
    }
    const done = result.then(forget, forget)
    this.lastChanges.set(key, done)
    return result
  }

  /** @throws S3Error NoSuchKey */
  object(key: string): ObjectRecord {
    const object = this.objects.get(key)
    if (!object) throw new S3Error('NoSuchKey', undefined, { Key: key })
    return object
  }

  /** @throws S3Error NoSuchUpload, also when the upload belongs to another key */
  upload(uploadId: string, key: string): Upload {
    const upload = this.uploads.get(uploadId)
    if (upload?.record.key !== key) throw new S3Error('NoSuchUpload', undefined, { UploadId: uploadId })
    return upload
  }

  async saveRecord(record: BucketRecord): Promise<void> {
    await this.folder.store.writeRecord(this.folder.record, record)
    this.record = record
  }

  /** Only within {@link change}. @returns the data of the object that this one replaces */
  async saveObject(object: ObjectRecord): Promise<string[]> {
    await this.folder.store.writeRecord(this.folder.object(object.key), object)
    const previous = this.objects.get(object.key)
    this.objects.set(object.key, object)
    return dataIds(previous)
  }

  /**
   * @param etag Of the object that may be deleted; `*` for any.
   * @throws S3Error PreconditionFailed for another object; NoSuchKey for none, if there is an `etag`
   */
  async deleteObject(key: string, etag?: string): Promise<void> {
    const left = await this.change(key, async () => {
      if (etag !== undefined && ![this.object(key).etag, '*'].includes(etag.replace(/^"(.*)"$/, '$1'))) {
        throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-Match' })
      }
      return this.forgetObject(key)
    })
    await this.data.remove(left)
  }

  /** Deletes the object unless it was written anew or deleted since: an ETag does not tell, as the bytes may be the same. */
  async expireObject(due: ObjectRecord): Promise<void> {
    const left = await this.change(due.key, async () =>
      this.objects.get(due.key) === due ? this.forgetObject(due.key) : [],
    )
    await this.data.remove(left)
  }

  /** Only within {@link change}. */
  async saveUpload(record: UploadRecord): Promise<void> {
    const temporary = await this.folder.store.temporaryFolder()
    await this.folder.store.writeRecord(join(temporary, 'upload.json'), record)
    await this.folder.store.moveInto(temporary, this.folder.upload(record.uploadId))
    this.uploads.set(record.uploadId, { record, parts: new Map() })
  }

  /** Only within {@link change}. @returns the part that this one replaces */
  async savePart(uploadId: string, part: PartRecord): Promise<PartRecord | undefined> {
    await this.folder.store.writeRecord(this.folder.part(uploadId, part.partNumber), part)
    const parts = this.uploads.get(uploadId)?.parts
    const replaced = parts?.get(part.partNumber)
    parts?.set(part.partNumber, part)
    return replaced
  }

  /** Only within {@link change}. Forgets all parts of the upload; the caller removes their data. */
  async forgetUpload(uploadId: string): Promise<void> {
    this.uploads.delete(uploadId)
    await this.folder.store.remove(this.folder.upload(uploadId))
  }

  /** Only within {@link change}. @returns the object's data */
  private async forgetObject(key: string): Promise<string[]> {
    await this.folder.store.remove(this.folder.object(key))
    const object = this.objects.get(key)
    this.objects.delete(key)
    return dataIds(object)
  }

  /** Unfinished uploads are deleted too. @throws S3Error BucketNotEmpty */
  async delete(): Promise<void> {
    while (this.lastChanges.size > 0 && this.objects.size === 0) await Promise.all(this.lastChanges.values())
    if (this.objects.size > 0) {
      throw new S3Error('BucketNotEmpty', undefined, { BucketName: this.record.name })
    }
    if (this.isDeleted) throw new S3Error('NoSuchBucket')
    this.isDeleted = true
    await this.folder.store.remove(this.folder.path)
  }
}

function dataIds(object: ObjectRecord | undefined): string[] {
  return object?.segments.map(({ dataId }) => dataId) ?? []
}
