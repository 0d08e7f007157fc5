// CompleteMultipartUpload, with all parts, some or wrong ones, and once more.
import { CompleteMultipartUploadCommand } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { minPartSize } from '../s3-replies.js'
import { all, checksumOf, checksumsIn, pick } from './arguments.js'
import { digestOf, md5Of } from './content.js'
import { type Answer, answerOf, type Operation, refuse } from './operation.js'
import { inOrder, type ListedPart, type Model, type Part, pickUpload, type Upload } from './s3-model.js'
import { nameUpload, openUpload } from './uploads.js'
import { conditionOf, refusedBy } from './write-objects.js'

/** No part has that number. */
const neverSent = 4
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
  left: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.nat(15)),
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
  if (flaw === 'unknown') return [[neverSent, part]]
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
        checksums: checksumsIn(reply),
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
      const contents = parts.map(({ content }) => content)
      const checksum = algorithm
        ? { algorithm, value: `${digestOf(algorithm, valuesOf(parts)).toString('base64')}-${parts.length}` }
        : checksumOf(model, undefined, contents)
      model.objects.set(key, { contentType, metadata, contents, etag, checksum, upload: place })
      upload.isOver = true
      upload.listed = listed
      return { status: 200, etag, checksums: all(checksum) }
    },
  }))

/** A client that lost the reply sends the request again, and gets it. */
function completeAgain({ objects, uploads }: Model, place: number | undefined): Answer {
  const object = objects.get(uploads[place ?? -1]?.key ?? '')
  if (place === undefined || object?.upload !== place) return refuse(404, 'NoSuchUpload')
  return { status: 200, etag: object.etag, checksums: all(object.checksum) }
}

function hashesOf(parts: Part[]): Buffer {
  return Buffer.concat(parts.map(({ etag }) => Buffer.from(etag.slice(1, -1), 'hex')))
}

function valuesOf(parts: Part[]): Buffer {
  return Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum?.value ?? '', 'base64')))
}
