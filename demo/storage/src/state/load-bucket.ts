// Loads a bucket after a restart, at whatever moment the process ended, and whatever else is in its folder: sets aside what
// cannot be used, and serves the rest.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Bucket, type Upload } from './bucket.js'
import { readRecord, UnreadableError } from './read-record.js'
import {
  type BucketRecord,
  BucketRecordSchema,
  ObjectRecordSchema,
  PartRecordSchema,
  UploadRecordSchema,
} from './records.js'
import type { BucketFolder } from './store-folder.js'

/** Why the store does not use what is at a path. */
type Unreadable = Map<string, string>

/** @returns `undefined` if the folder is not that of a bucket */
export async function loadBucket(name: string, folder: BucketFolder): Promise<Bucket | undefined> {
  for (const part of [folder.objects, folder.uploads, folder.data]) {
    if (!(await isFolder(part))) return undefined
  }
  const unreadable: Unreadable = new Map()
  let record: BucketRecord | undefined
  await attempt(folder.record, unreadable, async () => {
    const read = readRecord(folder.record, BucketRecordSchema)
    if (read.name !== name) throw new UnreadableError(`it is of the bucket ${read.name}`)
    record = read
  })
  // Without its CORS and lifecycle rules: no page is allowed in, and nothing is deleted.
  const created = (await stat(folder.path)).birthtime.toISOString()
  const bucket = new Bucket(record ?? { name, created }, folder)
  await loadObjects(bucket, unreadable)
  for (const uploadId of await readdir(folder.uploads)) {
    await attempt(folder.upload(uploadId), unreadable, () => loadUpload(bucket, uploadId, unreadable))
  }
  await clearData(bucket, unreadable.size > 0)
  for (const [path, reason] of unreadable) await folder.store.setAside(path, reason)
  if (!record) {
    await bucket.saveRecord(bucket.record)
    console.error(`The bucket "${name}" has no CORS and no lifecycle rules any more.`)
  }
  return bucket
}

async function loadObjects(bucket: Bucket, unreadable: Unreadable): Promise<void> {
  for (const file of await readdir(bucket.folder.objects)) {
    const path = join(bucket.folder.objects, file)
    await attempt(path, unreadable, async () => {
      const object = readRecord(path, ObjectRecordSchema)
      checkPlace(path, bucket.folder.object(object.key))
      for (const segment of object.segments) bucket.data.checkWhole(segment)
      bucket.objects.set(object.key, object)
    })
  }
}

async function loadUpload(bucket: Bucket, uploadId: string, unreadable: Unreadable): Promise<void> {
  const { folder } = bucket
  const record = readRecord(folder.uploadRecord(uploadId), UploadRecordSchema)
  checkPlace(folder.upload(uploadId), folder.upload(record.uploadId))
  // The process ended after it made the object and before it deleted the upload.
  if (bucket.objects.get(record.key)?.uploadId === uploadId) {
    await folder.store.remove(folder.upload(uploadId))
    return
  }
  const upload: Upload = { record, parts: new Map() }
  for (const file of await readdir(folder.upload(uploadId))) {
    const path = join(folder.upload(uploadId), file)
    if (path === folder.uploadRecord(uploadId)) continue
    await attempt(path, unreadable, async () => {
      const part = readRecord(path, PartRecordSchema)
      checkPlace(path, folder.part(uploadId, part.partNumber))
      bucket.data.checkWhole(part)
      upload.parts.set(part.partNumber, part)
    })
  }
  bucket.uploads.set(uploadId, upload)
}

/** An interrupted process left what no record names, unless a record that cannot be read may have named it. */
async function clearData(bucket: Bucket, mayBeNamed: boolean): Promise<void> {
  const { folder, data } = bucket
  const named = referenced(bucket)
  for (const entry of await readdir(folder.data, { withFileTypes: true })) {
    if (named.has(entry.name)) continue
    const isOurs = entry.isFile() && z.uuid().safeParse(entry.name).success
    if (isOurs && !mayBeNamed) await data.remove([entry.name])
    else await folder.store.setAside(join(folder.data, entry.name), 'no record that can be used names it')
  }
}

function referenced({ objects, uploads }: Bucket): Set<string> {
  const segments = [
    ...[...objects.values()].flatMap((object) => object.segments),
    ...[...uploads.values()].flatMap((upload) => [...upload.parts.values()]),
  ]
  return new Set(segments.map(({ dataId }) => dataId))
}

async function attempt(path: string, unreadable: Unreadable, load: () => Promise<void>): Promise<void> {
  try {
    await load()
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error
    unreadable.set(path, error.message)
  }
}

function checkPlace(path: string, own: string): void {
  if (path !== own) throw new UnreadableError('it lies in the place of another')
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
}
