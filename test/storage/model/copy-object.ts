// CopyObject, within the bucket.
import { CopyObjectCommand } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { all, checksumOf, checksumsIn, describedBy, description, key, pick } from './arguments.js'
import { bytesOf, md5Of } from './content.js'
import { answerOf, type Operation, refuse } from './operation.js'
import { pickKey } from './s3-model.js'

export const copy: fc.Arbitrary<Operation> = fc
  .record({
    pick,
    otherwise: key,
    target: key,
    replacement: fc.option(description, { nil: undefined, freq: 2 }),
  })
  .map(({ pick, otherwise, target, replacement }) => ({
    name: `CopyObject ${JSON.stringify({ ...pick, otherwise, target, replacement })}`,
    pick,
    otherwise,
    send: ({ client, Bucket }, model) =>
      answerOf(
        client.send(
          new CopyObjectCommand({
            Bucket,
            Key: target,
            CopySource: `${Bucket}/${encodeURIComponent(pickKey(model, pick, otherwise))}`,
            ...(replacement && { MetadataDirective: 'REPLACE', ...describedBy(replacement) }),
          }),
        ),
        ({ CopyObjectResult = {} }) => ({
          etag: CopyObjectResult.ETag,
          checksums: checksumsIn(CopyObjectResult),
        }),
      ),
    play(model) {
      const source = pickKey(model, pick, otherwise)
      const object = model.objects.get(source)
      if (!object) return refuse(404, 'NoSuchKey')
      // "This copy request is illegal because it is trying to copy an object to itself without changing" anything.
      if (source === target && !replacement) return refuse(400, 'InvalidRequest')
      const { contents, contentType, metadata } = object
      // Of the copy's own bytes: it has no parts.
      const checksum = checksumOf(model, object.checksum?.algorithm, contents)
      const bytes = bytesOf(contents)
      const etag = `"${md5Of(bytes).toString('hex')}"`
      model.objects.set(target, {
        contents,
        etag,
        ...(replacement ?? { contentType, metadata }),
        checksum,
      })
      return { status: 200, etag, checksums: all(checksum) }
    },
  }))
