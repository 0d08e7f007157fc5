// PutObject, DeleteObject and DeleteObjects.
import { DeleteObjectCommand, DeleteObjectsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import {
  all,
  checksumOf,
  checksumsIn,
  declare,
  declared,
  describedBy,
  description,
  key,
  pick,
} from './arguments.js'
import { bytesOf, md5Of, small } from './content.js'
import { type Answer, answerOf, type Operation, refuse } from './operation.js'
import { type Model, pickKey } from './s3-model.js'

/** `If-None-Match: *`, or `If-Match` with the object's own ETag or another. */
export type WriteCondition = 'absent' | 'same' | 'other' | undefined
const writeCondition: fc.Arbitrary<WriteCondition> = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 3 },
  fc.constantFrom('absent', 'same', 'other'),
)

const otherEtag = '"00000000000000000000000000000000"'

export function conditionOf(condition: WriteCondition, { objects }: Readonly<Model>, key: string) {
  if (condition === 'absent') return { IfNoneMatch: '*' }
  if (condition === undefined) return {}
  return { IfMatch: (condition === 'same' && objects.get(key)?.etag) || otherEtag }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export function refusedBy(condition: WriteCondition, { objects }: Model, key: string): Answer | undefined {
  const isThere = objects.has(key)
  if (condition === 'absent') return isThere ? refuse(412, 'PreconditionFailed') : undefined
  if (condition !== undefined && !isThere) return refuse(404, 'NoSuchKey')
  return condition === 'other' ? refuse(412, 'PreconditionFailed') : undefined
}

export const putAt = (key: fc.Arbitrary<string>): fc.Arbitrary<Operation> =>
  fc
    .record({ key, content: small, description, condition: writeCondition, declared })
    // Which refusal comes first is documented nowhere.
    .filter(({ condition, declared }) => condition === undefined || !declared?.isWrong)
    .map(({ key, content, description, condition, declared }) => ({
      name: `PutObject ${JSON.stringify({ key, content, ...description, condition, declared })}`,
      send: ({ client, Bucket }, model) =>
        answerOf(
          client.send(
            new PutObjectCommand({
              Bucket,
              Key: key,
              Body: bytesOf([content]),
              ...describedBy(description),
              ...conditionOf(condition, model, key),
              ...(declared && declare(declared, content)),
            }),
          ),
          (reply) => ({ etag: reply.ETag, checksums: checksumsIn(reply) }),
        ),
      play(model) {
        const refusal = refusedBy(condition, model, key)
        if (refusal) return refusal
        if (declared?.isWrong) return refuse(400, 'BadDigest')
        const etag = `"${md5Of(bytesOf([content])).toString('hex')}"`
        const checksum = checksumOf(model, declared?.algorithm, [content])
        // The SDK sends a type with every body.
        const contentType = description.contentType ?? 'application/octet-stream'
        model.objects.set(key, { ...description, contentType, contents: [content], etag, checksum })
        return { status: 200, etag, checksums: all(checksum) }
      },
    }))

export const put = putAt(key)

export const remove: fc.Arbitrary<Operation> = fc
  .record({ pick, otherwise: key })
  .map(({ pick, otherwise }) => ({
    name: `DeleteObject ${JSON.stringify({ ...pick, otherwise })}`,
    send: ({ client, Bucket }, model) =>
      answerOf(client.send(new DeleteObjectCommand({ Bucket, Key: pickKey(model, pick, otherwise) }))),
    play(model) {
      model.objects.delete(pickKey(model, pick, otherwise))
      return { status: 204 }
    },
  }))

export const removeMany: fc.Arbitrary<Operation> = fc
  .record({ keys: fc.uniqueArray(key, { minLength: 1, maxLength: 4 }), isQuiet: fc.boolean() })
  .map(({ keys, isQuiet }) => ({
    name: `DeleteObjects ${JSON.stringify({ keys, isQuiet })}`,
    send: ({ client, Bucket }) =>
      answerOf(
        client.send(
          new DeleteObjectsCommand({
            Bucket,
            Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: isQuiet },
          }),
        ),
        ({ Deleted = [], Errors = [] }) => ({
          deleted: Deleted.map(({ Key }) => Key).sort(),
          errors: Errors.map(({ Code }) => Code),
        }),
      ),
    play({ objects }) {
      for (const key of keys) objects.delete(key)
      return { status: 200, deleted: isQuiet ? [] : [...keys].sort(), errors: [] }
    },
  }))
