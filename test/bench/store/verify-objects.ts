// Whether a bucket holds exactly what was uploaded, by SHA-256.
import { DeleteObjectsCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { type SourceFile, sha256OfObject } from '../../support/files.js'

/** The tus server keeps an upload's description beside its object, Partway its journal in the bucket. */
const NOT_AN_UPLOAD = /\.info$|^\.partway\//
const AT_ONCE = 8

/** @throws Error if it holds anything else, or less. */
export async function verifyObjects(client: S3Client, bucket: string, files: SourceFile[]): Promise<void> {
  const wanted = new Map<string, number>()
  for (const { sha256 } of files) wanted.set(sha256, (wanted.get(sha256) ?? 0) + 1)
  const keys = (await listKeys(client, bucket)).filter((key) => !NOT_AN_UPLOAD.test(key)).values()
  const verifyRest = async () => {
    for (const key of keys) {
      const found = await sha256OfObject(client, bucket, key)
      const count = wanted.get(found) ?? 0
      if (count === 0) throw new Error(`${key} is no file that was uploaded, or is there twice`)
      wanted.set(found, count - 1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, verifyRest))
  const missing = [...wanted.values()].reduce((sum, count) => sum + count, 0)
  if (missing > 0) throw new Error(`${missing} of ${files.length} files are not in the bucket`)
}

export async function emptyBucket(client: S3Client, bucket: string): Promise<void> {
  const keys = await listKeys(client, bucket)
  for (let start = 0; start < keys.length; start += 1000) {
    const Objects = keys.slice(start, start + 1000).map((Key) => ({ Key }))
    await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }))
  }
}

async function listKeys(client: S3Client, bucket: string): Promise<string[]> {
  const keys: string[] = []
  let token: string | undefined
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token }))
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []))
    token = page.NextContinuationToken
  } while (token)
  return keys
}
