// UploadPart and ListParts.
import { ListPartsCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { all, checksumOf, checksumsIn, declare, pick } from './arguments.js'
import { bytesOf, md5Of, ofPart } from './content.js'
import { answerOf, type Operation, refuse } from './operation.js'
import { inOrder, type Upload } from './s3-model.js'
import { nameUpload, openUpload } from './uploads.js'

const partNumber = fc.constantFrom(1, 2, 3, 10_000)

export const sendPart: fc.Arbitrary<Operation> = fc
  .record({
    pick,
    partNumber,
    content: ofPart,
    /** Where the upload has none. */
    algorithm: fc.constantFrom('MD5' as const, 'CRC32' as const),
    isWrong: fc.oneof({ arbitrary: fc.constant(false), weight: 9 }, fc.constant(true)),
  })
  .map(({ pick, partNumber, content, algorithm, isWrong }) => {
    const declaredFor = (upload: Upload | undefined) => ({
      algorithm: upload?.algorithm ?? algorithm,
      isWrong,
    })
    return {
      name: `UploadPart ${JSON.stringify({ pick, partNumber, content, algorithm, isWrong })}`,
      send(service, model) {
        const upload = openUpload(model, pick)
        const declared = declaredFor(upload)
        const request = new UploadPartCommand({
          ...nameUpload(service, model, pick),
          PartNumber: partNumber,
          Body: bytesOf([content]),
          ...declare(declared, content),
        })
        return answerOf(service.client.send(request), (reply) => ({
          etag: reply.ETag,
          checksums: checksumsIn(reply),
        }))
      },
      play(model) {
        const upload = openUpload(model, pick)
        if (!upload) return refuse(404, 'NoSuchUpload')
        if (isWrong) return refuse(400, 'BadDigest')
        const etag = `"${md5Of(bytesOf([content])).toString('hex')}"`
        const checksum = checksumOf(model, declaredFor(upload).algorithm, [content])
        upload.parts.set(partNumber, { content, etag, checksum: upload.algorithm && checksum })
        return { status: 200, etag, checksums: declaredFor(upload).algorithm === 'MD5' ? [] : all(checksum) }
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
