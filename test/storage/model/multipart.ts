// Multipart uploads from their creation to their end, and ListParts.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { minPartSize } from '../s3-replies.js'
import { checksumIn, declare, describedBy, description, keptChecksum, key, pick } from './arguments.js'
import { algorithms, bytesOf, digestOf, md5Of, ofPart } from './content.js'
import { type Answer, answerOf, type Operation, refuse, type Service } from './operation.js'
import { type ListedPart, type Model, type Part, type Pick, pickUpload, type Upload } from './s3-model.js'
import { conditionOf, refusedBy } from './write-objects.js'

const partNumber = fc.constantFrom(1, 2, 3, 10_000)

/** How requests name the upload, which may be over, or never have been. */
function nameUpload({ Bucket, uploadIds }: Service, model: Readonly<Model>, pick: Pick) {
  const index = pickUpload(model, pick)
  return {
    Bucket,
    Key: index === undefined ? 'a' : model.uploads[index]?.key,
    UploadId: index === undefined ? 'unknown' : uploadIds[index],
  }
}

/** @returns `undefined` for one that is over */
function openUpload(model: Readonly<Model>, pick: Pick): Upload | undefined {
  const upload = model.uploads[pickUpload(model, pick) ?? -1]
  return upload?.isOver ? undefined : upload
}

export const create: fc.Arbitrary<Operation> = fc
  .record({ key, description, algorithm: fc.constantFrom(undefined, undefined, ...algorithms) })
  .map(({ key, description, algorithm }) => ({
    name: `CreateMultipartUpload ${JSON.stringify({ key, ...description, algorithm })}`,
    send: ({ client, Bucket, uploadIds }) =>
      answerOf(
        client.send(
          new CreateMultipartUploadCommand({
            Bucket,
            Key: key,
            ...describedBy(description),
            ChecksumAlgorithm: algorithm,
          }),
        ),
        ({ UploadId = '' }) => {
          uploadIds.push(UploadId)
          return {}
        },
      ),
    play({ uploads }) {
      uploads.push({ ...description, key, algorithm, parts: new Map(), isOver: false })
      return { status: 200 }
    },
  }))

export const sendPart: fc.Arbitrary<Operation> = fc
  .record({
    pick,
    partNumber,
    content: ofPart,
    isWrong: fc.oneof({ arbitrary: fc.constant(false), weight: 9 }, fc.constant(true)),
  })
  .map(({ pick, partNumber, content, isWrong }) => {
    const declaredFor = (upload: Upload | undefined) => ({
      algorithm: upload?.algorithm ?? ('MD5' as const),
      isWrong,
    })
    return {
      name: `UploadPart ${JSON.stringify({ pick, partNumber, content, isWrong })}`,
      send(service, model) {
        const upload = openUpload(model, pick)
        const declared = declaredFor(upload)
        // A large body that is refused before it is read costs the client the reply, now and then.
        const sent = upload ? content : { ...content, size: Math.min(content.size, 30) }
        const request = new UploadPartCommand({
          ...nameUpload(service, model, pick),
          PartNumber: partNumber,
          Body: bytesOf([sent]),
          ...declare(declared, sent),
        })
        return answerOf(service.client.send(request), (reply) => ({
          etag: reply.ETag,
          checksum: checksumIn(reply, declared.algorithm),
        }))
      },
      play(model) {
        const upload = openUpload(model, pick)
        if (!upload) return refuse(404, 'NoSuchUpload')
        if (isWrong) return refuse(400, 'BadDigest')
        const etag = `"${md5Of(bytesOf([content])).toString('hex')}"`
        const checksum = keptChecksum(declaredFor(upload), content)
        upload.parts.set(partNumber, { content, etag, checksum })
        return { status: 200, etag, checksum: checksum?.value }
      },
    }
  })

export const listParts: fc.Arbitrary<Operation> = fc
  .record({
    pick,
    maxParts: fc.constantFrom(undefined, 1, 2),
    marker: fc.constantFrom(undefined, 1, 2, 9999),
  })
  .map(({ pick, maxParts, marker }) => ({
    name: `ListParts ${JSON.stringify({ pick, maxParts, marker })}`,
    send: (service, model) =>
      answerOf(
        service.client.send(
          new ListPartsCommand({
            ...nameUpload(service, model, pick),
            MaxParts: maxParts,
            PartNumberMarker: marker === undefined ? undefined : `${marker}`,
          }),
        ),
        (reply) => ({
          parts: reply.Parts?.map(({ PartNumber, ETag, Size }) => [PartNumber, ETag, Size]) ?? [],
          isTruncated: reply.IsTruncated,
          next: reply.IsTruncated ? reply.NextPartNumberMarker : undefined,
        }),
      ),
    play(model) {
      const upload = openUpload(model, pick)
      if (!upload) return refuse(404, 'NoSuchUpload')
      const beyond = inOrder(upload.parts).filter(([number]) => number > (marker ?? 0))
      const page = beyond.slice(0, maxParts)
      const isTruncated = page.length < beyond.length
      return {
        status: 200,
        parts: page.map(([number, { etag, content }]) => [number, etag, content.size]),
        isTruncated,
        next: isTruncated ? `${page.at(-1)?.[0]}` : undefined,
      }
    },
  }))

export const abort: fc.Arbitrary<Operation> = pick.map((pick) => ({
  name: `AbortMultipartUpload ${JSON.stringify(pick)}`,
  send: (service, model) =>
    answerOf(service.client.send(new AbortMultipartUploadCommand(nameUpload(service, model, pick)))),
  play(model) {
    const upload = openUpload(model, pick)
    if (!upload) return refuse(404, 'NoSuchUpload')
    upload.isOver = true
    return { status: 204 }
  },
}))

function inOrder(parts: Map<number, Part>): ListedPart[] {
  return [...parts].sort(([a], [b]) => a - b)
}

const anyPart: ListedPart = [
  1,
  { content: { offset: 0, size: 0 }, etag: '"00000000000000000000000000000000"' },
]

/** The parts that a Complete names: some of those that there are, and now and then one that is wrong. */
interface Choice {
  /** A bit for each part, in their order. */
  left: number
  flaw: 'etag' | 'order' | 'unknown' | undefined
}

const choice: fc.Arbitrary<Choice> = fc.record({
  left: fc.oneof({ arbitrary: fc.constant(0), weight: 4 }, fc.nat(15)),
  flaw: fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 5 },
    fc.constantFrom('etag' as const, 'order' as const, 'unknown' as const),
  ),
})

function choose({ parts }: Upload, { left, flaw }: Choice): ListedPart[] {
  const chosen = inOrder(parts).filter((_, index) => ((left >> index) & 1) === 0)
  if (flaw === 'order') return chosen.reverse()
  if (flaw === undefined || !chosen[0]) return chosen
  const [[number, part], ...others] = chosen as [ListedPart, ...ListedPart[]]
  if (flaw === 'unknown') return [[number + 1, part]]
  return [[number, { ...part, etag: '"00000000000000000000000000000000"' }], ...others]
}

export const complete: fc.Arbitrary<Operation> = fc
  .record({
    pick,
    choice,
    condition: fc.constantFrom(undefined, undefined, undefined, 'absent' as const, 'same' as const),
  })
  .map(({ pick, choice, condition }) => ({
    name: `CompleteMultipartUpload ${JSON.stringify({ pick, ...choice, condition })}`,
    pick,
    send(service, model) {
      const upload = openUpload(model, pick)
      const over = model.uploads[pickUpload(model, pick) ?? -1]
      // Of an upload that is over: the list that completed it, or any.
      const listed = upload ? choose(upload, choice) : (over?.listed ?? [anyPart])
      const Parts = listed.map(([PartNumber, { etag, checksum }]) => ({
        PartNumber,
        ETag: etag,
        ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value }),
      }))
      const name = nameUpload(service, model, pick)
      const request = new CompleteMultipartUploadCommand({
        ...name,
        MultipartUpload: { Parts },
        ...(upload && conditionOf(condition, model, name.Key ?? '')),
      })
      return answerOf(service.client.send(request), (reply) => ({
        // Ceph leaves out the quotes.
        etag: reply.ETag && `"${reply.ETag.replaceAll('"', '')}"`,
        checksum: checksumIn(reply, upload?.algorithm),
      }))
    },
    play(model) {
      const place = pickUpload(model, pick)
      const upload = openUpload(model, pick)
      if (!upload) return completeAgain(model, place)
      const listed = choose(upload, choice)
      if (listed.length === 0) return refuse(400, 'MalformedXML')
      if (choice.flaw === 'order' && listed.length > 1) return refuse(400, 'InvalidPartOrder')
      const refusal = refusedBy(condition, model, upload.key)
      if (refusal) return refusal
      if (choice.flaw === 'etag') return refuse(400, 'InvalidPart')
      if (listed.some(([number, { etag }]) => upload.parts.get(number)?.etag !== etag)) {
        return refuse(400, 'InvalidPart')
      }
      const parts = listed.map(([, part]) => part)
      if (parts.slice(0, -1).some(({ content }) => content.size < minPartSize)) {
        return refuse(400, 'EntityTooSmall')
      }
      const { key, algorithm, contentType, metadata } = upload
      const etag = `"${md5Of(hashesOf(parts)).toString('hex')}-${parts.length}"`
      const checksum = algorithm && {
        algorithm,
        value: `${digestOf(algorithm, checksumsOf(parts)).toString('base64')}-${parts.length}`,
      }
      const contents = parts.map(({ content }) => content)
      model.objects.set(key, { contentType, metadata, contents, etag, checksum, upload: place })
      upload.isOver = true
      upload.listed = listed
      return { status: 200, etag, checksum: checksum?.value }
    },
  }))

/** A client that lost the reply sends the request again, and gets it. */
function completeAgain({ objects, uploads }: Model, place: number | undefined): Answer {
  const object = objects.get(uploads[place ?? -1]?.key ?? '')
  if (place === undefined || object?.upload !== place) return refuse(404, 'NoSuchUpload')
  return { status: 200, etag: object.etag }
}

function hashesOf(parts: Part[]): Buffer {
  return Buffer.concat(parts.map(({ etag }) => Buffer.from(etag.slice(1, -1), 'hex')))
}

function checksumsOf(parts: Part[]): Buffer {
  return Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum?.value ?? '', 'base64')))
}
