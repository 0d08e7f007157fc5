// All that a bucket has, as the model says it and as the service shows it.
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
} from '@aws-sdk/client-s3'
import { all, checksumsIn } from './arguments.js'
import { bytesOf, hashOf } from './content.js'
import type { Service } from './operation.js'
import type { Checksum, Model } from './s3-model.js'

export interface State {
  /** By key. */
  objects: Record<
    string,
    {
      etag?: string | undefined
      contentType?: string | undefined
      metadata: object
      checksums: Checksum[]
      body: string
    }
  >
  /** Those that are not over, by their place among all. */
  uploads: Record<number, { key?: string | undefined; parts: (string | number | undefined)[][] }>
}

export function stateOf({ objects, uploads }: Model): State {
  return {
    objects: Object.fromEntries(
      Array.from(
        objects,
        ([key, { etag, contentType = 'binary/octet-stream', metadata = {}, checksum, contents }]) => [
          key,
          { etag, contentType, metadata, checksums: all(checksum), body: hashOf(bytesOf(contents)) },
        ],
      ),
    ),
    uploads: Object.fromEntries(
      uploads.flatMap(({ key, parts, isOver }, index) => {
        const listed = Array.from(parts, ([number, { etag, content }]) => [number, etag, content.size])
        return isOver ? [] : [[index, { key, parts: listed.sort(([a], [b]) => Number(a) - Number(b)) }]]
      }),
    ),
  }
}

/** Uploads that nobody was told the id of become the latest. */
export async function observe({ client, Bucket, uploadIds }: Service): Promise<State> {
  const state: State = { objects: {}, uploads: {} }
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
  for (const { Key = '' } of Contents) {
    const reply = await client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    const { ETag: etag, ContentType: contentType, Metadata: metadata = {}, Body } = reply
    const body = hashOf((await Body?.transformToByteArray()) ?? Buffer.of())
    state.objects[Key] = { etag, contentType, metadata, checksums: checksumsIn(reply), body }
  }
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
  for (const { Key, UploadId = '' } of Uploads) {
    if (!uploadIds.includes(UploadId)) uploadIds.push(UploadId)
    const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket, Key, UploadId }))
    state.uploads[uploadIds.indexOf(UploadId)] = {
      key: Key,
      parts: Parts.map(({ PartNumber, ETag, Size }) => [PartNumber, ETag, Size]),
    }
  }
  return state
}
