// Removes what the doctor made: what it noted, and whatever else S3 lists below its prefix.
import {
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { S3, UploadAddress } from '../../s3/s3.js'
import type { Probe } from './probe.js'
import type { Traces } from './traces.js'

export interface Removal {
  objects: number
  uploads: number
  /** Keys of what could not be removed. */
  left: string[]
  /** The bucket keeps versions, and the old ones could not be removed. */
  versionsStay: boolean
}

const MAX_ABORTS = 3

/** Never throws: `left` lists what could not be removed. */
export async function removeTraces({ client, s3, timeLimit }: Probe, traces: Traces): Promise<Removal> {
  const limit = () => ({ abortSignal: timeLimit() })
  const where = { Bucket: traces.bucket, Prefix: traces.prefix }
  const left: string[] = []
  const attempt = async <Result>(key: string, remove: Promise<Result>): Promise<Result | undefined> =>
    await remove.catch(() => {
      left.push(key)
      return undefined
    })

  const pending = await client.send(new ListMultipartUploadsCommand(where), limit()).catch(() => undefined)
  if (!pending) left.push(...traces.unanswered)
  const unfinished = new Map(traces.uploads.map((upload) => [upload.uploadId, upload]))
  for (const { Key: key = '', UploadId: uploadId = '' } of pending?.Uploads ?? []) {
    unfinished.set(uploadId, { bucket: traces.bucket, key, uploadId })
  }
  let aborted = 0
  for (const upload of unfinished.values()) {
    if (await attempt(upload.key, abort(s3, upload))) aborted++
  }

  const stored = await client.send(new ListObjectsV2Command(where), limit()).catch(() => undefined)
  const listed = (stored?.Contents ?? []).flatMap(({ Key }) => Key ?? [])
  for (const key of new Set([...traces.objects.keys(), ...listed])) {
    const command = new DeleteObjectCommand({ Bucket: traces.bucket, Key: key })
    const deleted = await attempt(key, client.send(command, limit()))
    if (deleted) traces.noteDeletion(deleted)
  }
  return {
    objects: listed.length,
    uploads: aborted,
    left: [...new Set(left)],
    versionsStay: traces.keepsVersions && !(await removeVersions(client, traces, limit)),
  }
}

/** Repeats until S3 lists no part: one in flight can still arrive. @returns whether there was something to abort */
async function abort(s3: S3, upload: UploadAddress): Promise<boolean> {
  for (let tries = 0; tries < MAX_ABORTS; tries++) {
    const wasKnown = await s3.abortMultipartUpload(upload)
    if (!wasKnown) return tries > 0
    const parts = await s3.listParts(upload).catch(() => undefined)
    if (!parts?.length) return true
  }
  throw new Error('Parts are still arriving')
}

/** A deleted object stays as an old version, with a delete marker. @returns whether all are removed */
async function removeVersions(
  client: S3Client,
  { bucket, prefix }: Traces,
  limit: () => { abortSignal: AbortSignal },
): Promise<boolean> {
  try {
    const command = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix })
    const { Versions = [], DeleteMarkers = [] } = await client.send(command, limit())
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }), limit())
    }
    return true
  } catch {
    return false
  }
}
