// GetObjectTagging, PutObjectTagging, DeleteObjectTagging. They leave the object's bytes and its date alone.
import { receiveText } from '../bodies/receive-body.js'
import { bucketOf, type S3Request, type S3Response } from '../s3-request.js'
import type { ObjectRecord } from '../state/records.js'
import { xmlResponse } from '../xml-response.js'
import { readTagSet } from './tags.js'

export async function getObjectTagging(request: S3Request): Promise<S3Response> {
  const { tags = [] } = bucketOf(request).object(request.key)
  return xmlResponse('Tagging', {
    TagSet: { Tag: tags.map(({ key, value }) => ({ Key: key, Value: value })) },
  })
}

export async function putObjectTagging(request: S3Request): Promise<S3Response> {
  bucketOf(request).object(request.key)
  const tags = readTagSet(await receiveText(request))
  await changeObject(request, (object) => ({ ...object, tags }))
  return { status: 200, headers: {} }
}

export async function deleteObjectTagging(request: S3Request): Promise<S3Response> {
  await changeObject(request, ({ tags: _, ...object }) => object)
  return { status: 204, headers: {} }
}

async function changeObject(request: S3Request, edit: (object: ObjectRecord) => ObjectRecord): Promise<void> {
  const bucket = bucketOf(request)
  // The new record names the same data as the one that it replaces, so that none is removed.
  await bucket.change(request.key, () => bucket.saveObject(edit(bucket.object(request.key))))
}
