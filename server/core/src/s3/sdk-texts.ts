// Small objects with the server's own content: written conditionally, read whole.
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { ObjectAddress, PutCondition, StoredText } from './s3.js'
import { readFailure, rethrow, toPartwayError, undefinedIf } from './s3-errors.js'
import { quote } from './sdk-shapes.js'

interface Limit {
  abortSignal: AbortSignal
}

/** @returns `false` if the condition does not hold */
export async function putText(
  client: S3Client,
  { bucket, key }: ObjectAddress,
  body: string,
  condition: PutCondition,
  limit: () => Limit,
): Promise<boolean> {
  const text = { Body: body, ContentLength: Buffer.byteLength(body), ContentType: 'application/jose' }
  const send = async (conditional?: { IfNoneMatch: string } | { IfMatch: string }) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, ...text, ...conditional }), limit())
  }
  try {
    // Ceph compares the ETag without quotes.
    await send(condition === 'new' ? { IfNoneMatch: '*' } : { IfMatch: condition.etag.replaceAll('"', '') })
  } catch (error) {
    const { name, status } = readFailure(error)
    // For a conflict: another write to the same key is in progress. It may fail, so the caller checks.
    if (status === 412 || name === 'ConditionalRequestConflict') return false
    if (condition !== 'new' && name === 'NoSuchKey') return false
    if (status !== 501) throw toPartwayError(error, 's3:PutObject')
    await send().catch(rethrow('s3:PutObject'))
  }
  return true
}

/** `undefined`: there is none. */
export async function readText(
  client: S3Client,
  { bucket, key }: ObjectAddress,
  limit: Limit,
): Promise<StoredText | undefined> {
  const isNoSuchKey = (error: unknown) => readFailure(error).name === 'NoSuchKey'
  const object = await client
    .send(new GetObjectCommand({ Bucket: bucket, Key: key }), limit)
    .catch(undefinedIf(isNoSuchKey, 's3:GetObject'))
  if (!object) return undefined
  const { Body, ETag, LastModified } = object
  const body = (await Body?.transformToString()) ?? ''
  return { body, etag: quote(ETag), storedAt: LastModified?.getTime() ?? 0 }
}
