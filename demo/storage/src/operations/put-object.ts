// PutObject, and what it shares with a form upload and a copy: making an object of a body.

import { receiveData, type StoredBody } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import type { Bucket } from '../state/bucket.js'
import type { Description, ObjectRecord } from '../state/records.js'
import { checksumHeaders } from './checksum-fields.js'
import { headerEntries } from './header-entries.js'
import { encryptionHeaders, readDescription } from './object-description.js'

export async function putObject(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const condition = readWriteCondition(request)
  const description = readDescription(headerEntries(request))
  condition(bucket, request.key)
  const body = await receiveData(request, bucket.data)
  const object = await makeObject(bucket, request.key, body, description, condition)
  return { status: 200, headers: writtenHeaders(object) }
}

/** The headers of a reply to a request that wrote an object. */
export function writtenHeaders(object: ObjectRecord): Record<string, string> {
  return {
    etag: `"${object.etag}"`,
    ...checksumHeaders(object.checksum),
    ...encryptionHeaders(object),
  }
}

/** Makes the object visible; if that fails, removes the body's data. */
export async function makeObject(
  bucket: Bucket,
  key: string,
  body: StoredBody,
  description: Description,
  condition: WriteCondition,
): Promise<ObjectRecord> {
  const { dataId, size, md5, checksum } = body
  const object: ObjectRecord = {
    key,
    size,
    etag: md5,
    lastModified: new Date().toISOString(),
    segments: [{ dataId, size }],
    checksum: { ...checksum, type: 'FULL_OBJECT' },
    ...description,
  }
  let left: string[]
  try {
    left = await bucket.change(key, async () => {
      condition(bucket, key)
      return bucket.saveObject(object)
    })
  } catch (error) {
    await bucket.data.remove([dataId])
    throw error
  }
  await bucket.data.remove(left)
  return object
}

/** @throws S3Error PreconditionFailed if the object may not be written now */
export type WriteCondition = (bucket: Bucket, key: string) => void

/** `If-None-Match: *` and `If-Match` of a request that writes. */
export function readWriteCondition(request: S3Request): WriteCondition {
  const ifNoneMatch = header(request, 'if-none-match')
  const ifMatch = header(request, 'if-match')
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new S3Error('NotImplemented', undefined, { Header: 'If-None-Match' })
  }
  return (bucket, key) => {
    if (ifNoneMatch !== undefined && bucket.objects.has(key)) {
      throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-None-Match' })
    }
    if (ifMatch !== undefined && bucket.object(key).etag !== ifMatch.replaceAll('"', '')) {
      throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-Match' })
    }
  }
}
