// GetObject and HeadObject, with ranges and conditions.
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { minPartSize } from '../s3-replies.js'
import { all, checksumsIn, key, pick } from './arguments.js'
import { bytesOf, hashOf, sizeOf } from './content.js'
import { type Answer, answerOf, type Operation, refuse } from './operation.js'
import { pickKey, type StoredObject } from './s3-model.js'

const past = new Date('2020-01-01')
const future = new Date(Date.now() + 24 * 60 * 60_000)

interface ReadCondition {
  match?: 'same' | 'other'
  noneMatch?: 'same' | 'other'
  unmodifiedSince?: 'past' | 'future'
  modifiedSince?: 'past'
}

const condition: fc.Arbitrary<ReadCondition> = fc.oneof(
  { arbitrary: fc.constant({}), weight: 3 },
  fc.record(
    {
      match: fc.constantFrom('same' as const, 'other' as const),
      noneMatch: fc.constantFrom('same' as const, 'other' as const),
      unmodifiedSince: fc.constantFrom('past' as const, 'future' as const),
      modifiedSince: fc.constant('past' as const),
    },
    { requiredKeys: [] },
  ),
)

function sentCondition({ match, noneMatch, unmodifiedSince, modifiedSince }: ReadCondition, etag = '"none"') {
  return {
    IfMatch: match && (match === 'same' ? etag : '"other"'),
    IfNoneMatch: noneMatch && (noneMatch === 'same' ? etag : '"other"'),
    IfUnmodifiedSince: unmodifiedSince && (unmodifiedSince === 'past' ? past : future),
    IfModifiedSince: modifiedSince && past,
  }
}

/** RFC 9110, section 13.2.2, and the same in the documentation of GetObject: the ETag decides before the date. */
function refusedBy({ match, noneMatch, unmodifiedSince }: ReadCondition): Answer | undefined {
  if (match === 'other' || (match === undefined && unmodifiedSince === 'past')) {
    return refuse(412, 'PreconditionFailed')
  }
  return noneMatch === 'same' ? { status: 304 } : undefined
}

const place = fc.oneof(
  { arbitrary: fc.nat(10), weight: 4 },
  { arbitrary: fc.nat(35), weight: 2 },
  fc.constantFrom(minPartSize - 1, minPartSize, minPartSize + 5),
)
const range: fc.Arbitrary<string | undefined> = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 2 },
  fc.tuple(place, place).map(([first, last]) => `bytes=${first}-${last}`),
  place.map((first) => `bytes=${first}-`),
  place.map((length) => `bytes=-${length + 1}`),
)

/** @returns the range within `size` bytes; `undefined` for all of them, `'none'` if it is not satisfiable */
function within(size: number, range = ''): { start: number; end: number } | undefined | 'none' {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? []
  if (first === '' && last === '') return undefined
  if (first === '') return size === 0 ? 'none' : { start: Math.max(0, size - Number(last)), end: size - 1 }
  // RFC 9110, section 14.1.1: such a range is invalid, and so ignored.
  if (last !== '' && Number(last) < Number(first)) return undefined
  if (Number(first) >= size) return 'none'
  return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}

function described({ etag, contentType = 'binary/octet-stream', metadata = {} }: StoredObject): object {
  return { etag, contentType, metadata }
}

export const get: fc.Arbitrary<Operation> = fc
  .record({ pick, otherwise: key, range, condition })
  .map(({ pick, otherwise, range, condition }) => ({
    name: `GetObject ${JSON.stringify({ ...pick, otherwise, range, ...condition })}`,
    send({ client, Bucket }, model) {
      const key = pickKey(model, pick, otherwise)
      const request = new GetObjectCommand({
        Bucket,
        Key: key,
        Range: range,
        ChecksumMode: range === undefined ? 'ENABLED' : undefined,
        ...sentCondition(condition, model.objects.get(key)?.etag),
      })
      return answerOf(client.send(request), async (reply) => ({
        etag: reply.ETag,
        contentType: reply.ContentType,
        metadata: reply.Metadata,
        contentRange: reply.ContentRange,
        checksums: checksumsIn(reply),
        body: hashOf((await reply.Body?.transformToByteArray()) ?? Buffer.of()),
      }))
    },
    play(model) {
      const key = pickKey(model, pick, otherwise)
      const object = model.objects.get(key)
      if (!object) return refuse(404, 'NoSuchKey')
      const refusal = refusedBy(condition)
      if (refusal) return refusal
      const size = sizeOf(object.contents)
      const part = within(size, range)
      if (part === 'none') return refuse(416, 'InvalidRange')
      const bytes = bytesOf(object.contents)
      return {
        status: part ? 206 : 200,
        ...described(object),
        contentRange: part && `bytes ${part.start}-${part.end}/${size}`,
        checksums: range === undefined ? all(object.checksum) : [],
        body: hashOf(part ? bytes.subarray(part.start, part.end + 1) : bytes),
      }
    },
  }))

export const head: fc.Arbitrary<Operation> = fc
  .record({ pick, otherwise: key, condition })
  .map(({ pick, otherwise, condition }) => ({
    name: `HeadObject ${JSON.stringify({ ...pick, otherwise, ...condition })}`,
    async send({ client, Bucket }, model) {
      const key = pickKey(model, pick, otherwise)
      const request = new HeadObjectCommand({
        Bucket,
        Key: key,
        ChecksumMode: 'ENABLED',
        ...sentCondition(condition, model.objects.get(key)?.etag),
      })
      const { code: _, ...answer } = await answerOf(client.send(request), (reply) => ({
        etag: reply.ETag,
        contentType: reply.ContentType,
        metadata: reply.Metadata,
        size: reply.ContentLength,
        checksums: checksumsIn(reply),
      }))
      return answer
    },
    play(model) {
      const key = pickKey(model, pick, otherwise)
      const object = model.objects.get(key)
      if (!object) return { status: 404 }
      const refusal = refusedBy(condition)
      if (refusal) return { status: refusal.status }
      return {
        status: 200,
        ...described(object),
        size: sizeOf(object.contents),
        checksums: all(object.checksum),
      }
    },
  }))
