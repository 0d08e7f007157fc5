// Brings a bucket back after a restart, whatever moment the process ended in.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Bucket, type Upload } from './bucket.js'
import type { BucketRecord, ObjectRecord, PartRecord, UploadRecord } from './records.js'
import { type BucketFolder, readRecord } from './store-folder.js'

export async function loadBucket(folder: BucketFolder): Promise<Bucket> {
  const bucket = new Bucket(await readRecord<BucketRecord>(folder.record), folder)
  await loadObjects(bucket)
  for (const uploadId of await readdir(folder.uploads)) await loadUpload(bucket, uploadId)
  await bucket.data.removeAllBut(referenced(bucket))
  return bucket
}

async function loadObjects(bucket: Bucket): Promise<void> {
  for (const file of await readdir(bucket.folder.objects)) {
    const path = join(bucket.folder.objects, file)
    const object = await readRecord<ObjectRecord>(path)
    const whole = await Promise.all(object.segments.map((segment) => bucket.data.isWhole(segment)))
    if (whole.every(Boolean)) bucket.objects.set(object.key, object)
    else await bucket.folder.store.remove(path)
  }
}

async function loadUpload(bucket: Bucket, uploadId: string): Promise<void> {
  const { folder } = bucket
  const record = await readRecord<UploadRecord>(folder.uploadRecord(uploadId))
  // The process ended between making the object and forgetting the upload.
  if (bucket.objects.get(record.key)?.uploadId === uploadId) {
    await folder.store.remove(folder.upload(uploadId))
    return
  }
  const upload: Upload = { record, parts: new Map() }
  for (const file of await readdir(folder.upload(uploadId))) {
    if (file === 'upload.json') continue
    const part = await readRecord<PartRecord>(join(folder.upload(uploadId), file))
    if (await bucket.data.isWhole(part)) upload.parts.set(part.partNumber, part)
    else await folder.store.remove(folder.part(uploadId, part.partNumber))
  }
  bucket.uploads.set(uploadId, upload)
}

function referenced(bucket: Bucket): Set<string> {
  const segments = [
    ...[...bucket.objects.values()].flatMap((object) => object.segments),
    ...[...bucket.uploads.values()].flatMap((upload) => [...upload.parts.values()]),
  ]
  return new Set(segments.map(({ dataId }) => dataId))
}
