// ListObjectsV2 and ListMultipartUploads: first pages, and those that go on where the last page ended, whatever has changed
// since.
import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { delimiter, key, pageSize, prefix } from './arguments.js'
import { sizeOf } from './content.js'
import { itemsIn, pageOf, prefixesIn } from './list-page.js'
import { type Answer, answerOf, type Operation, type Service } from './operation.js'
import type { Entry, ListQuery, Model } from './s3-model.js'

const namesOf = (prefixes: { Prefix?: string | undefined }[] = []) => prefixes.map(({ Prefix }) => Prefix)

async function sendListObjects(service: Service, query: ListQuery, token?: string): Promise<Answer> {
  const request = new ListObjectsV2Command({
    Bucket: service.Bucket,
    Prefix: query.prefix,
    Delimiter: query.delimiter || undefined,
    MaxKeys: query.maxKeys,
    StartAfter: query.startAfter || undefined,
    ContinuationToken: token,
  })
  return answerOf(service.client.send(request), (reply) => {
    service.objectsToken = reply.NextContinuationToken
    return {
      contents: reply.Contents?.map(({ Key, ETag, Size }) => [Key, ETag, Size]) ?? [],
      prefixes: namesOf(reply.CommonPrefixes),
      keyCount: reply.KeyCount,
      isTruncated: reply.IsTruncated,
    }
  })
}

function playListObjects(model: Model, query: ListQuery, after?: Entry): Answer {
  const all = [...model.objects.keys()].map((name) => ({ name, isPrefix: false }))
  const page = pageOf(all, query, after)
  model.objectsCursor = page.cursor
  const contents = itemsIn(page).map(({ name }) => {
    const object = model.objects.get(name)
    return [name, object?.etag, sizeOf(object?.contents ?? [])]
  })
  const { isTruncated, entries } = page
  return { status: 200, contents, prefixes: prefixesIn(page), keyCount: entries.length, isTruncated }
}

const startAfter = fc.oneof({ arbitrary: fc.constant(''), weight: 3 }, key, fc.constantFrom('a/b0', 'zz'))
const query = fc
  .record({ prefix, delimiter, maxKeys: pageSize, startAfter })
  // Whether a common prefix is listed that the list starts within is documented nowhere.
  .map((query) => (query.delimiter === '' ? query : { ...query, startAfter: '' }))
/** Whether to go on with the last list, if there is more of it. */
const isNext = fc.oneof({ arbitrary: fc.constant(true), weight: 2 }, fc.constant(false))

export const listObjects: fc.Arbitrary<Operation> = fc.record({ query, isNext }).map(({ query, isNext }) => ({
  name: `ListObjectsV2 ${JSON.stringify({ ...query, isNext })}`,
  send(service, { objectsCursor }) {
    if (!isNext || !objectsCursor) return sendListObjects(service, query)
    return sendListObjects(service, objectsCursor.query, service.objectsToken)
  },
  play(model) {
    const { objectsCursor } = model
    if (!isNext || !objectsCursor) return playListObjects(model, query)
    return playListObjects(model, objectsCursor.query, objectsCursor.after)
  },
}))

async function sendListUploads(
  service: Service,
  { prefix, delimiter, maxKeys, startAfter }: ListQuery,
  markers: Service['uploadsMarkers'] = { KeyMarker: startAfter || undefined },
): Promise<Answer> {
  const request = new ListMultipartUploadsCommand({
    Bucket: service.Bucket,
    Prefix: prefix,
    Delimiter: delimiter || undefined,
    MaxUploads: maxKeys,
    ...markers,
  })
  return answerOf(service.client.send(request), (reply) => {
    service.uploadsMarkers = { KeyMarker: reply.NextKeyMarker, UploadIdMarker: reply.NextUploadIdMarker }
    return {
      uploads:
        reply.Uploads?.map(({ Key, UploadId = '' }) => [Key, service.uploadIds.indexOf(UploadId)]) ?? [],
      prefixes: namesOf(reply.CommonPrefixes),
      isTruncated: reply.IsTruncated,
    }
  })
}

function playListUploads(model: Model, query: ListQuery, after?: Entry): Answer {
  const all = model.uploads.flatMap(({ key, isOver }, upload) =>
    isOver ? [] : [{ name: key, upload, isPrefix: false }],
  )
  const page = pageOf(all, query, after)
  model.uploadsCursor = page.cursor
  const uploads = itemsIn(page).map(({ name, upload }) => [name, upload])
  return { status: 200, uploads, prefixes: prefixesIn(page), isTruncated: page.isTruncated }
}

// S3 takes 1 to 1,000 here.
const uploadsQuery = query.map(({ maxKeys, ...query }) => ({ ...query, maxKeys: maxKeys || undefined }))

export const listUploads: fc.Arbitrary<Operation> = fc
  .record({ query: uploadsQuery, isNext })
  .map(({ query, isNext }) => ({
    name: `ListMultipartUploads ${JSON.stringify({ ...query, isNext })}`,
    send(service, { uploadsCursor }) {
      if (!isNext || !uploadsCursor) return sendListUploads(service, query)
      return sendListUploads(service, uploadsCursor.query, service.uploadsMarkers)
    },
    play(model) {
      const { uploadsCursor } = model
      if (!isNext || !uploadsCursor) return playListUploads(model, query)
      return playListUploads(model, uploadsCursor.query, uploadsCursor.after)
    },
  }))
