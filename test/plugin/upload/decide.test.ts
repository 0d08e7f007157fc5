// What becomes of an upload, for everything that a page can know of it.
import type { StoredPart } from '@partway/server/protocol'
import { describe, expect, it } from 'vitest'
import type { PartwayErrorCode } from '../../../plugin/src/error-codes.js'
import { PartwayError } from '../../../plugin/src/errors.js'
import {
  type AfterRefusal,
  type Comparison,
  decideAfterRefusal,
  decideNext,
  type KnownUpload,
} from '../../../plugin/src/upload/decide.js'

const plan = { size: 25, partSize: 10, partCount: 3 }
const part = (partNumber: number, size = partNumber === 3 ? 5 : 10): StoredPart => ({
  partNumber,
  size,
  etag: `"${partNumber}"`,
})
const [one, two, three] = [part(1), part(2), part(3)]
const all = [one, two, three]
const compared = (...comparisons: Comparison[]) =>
  new Map(comparisons.map((comparison, index) => [index + 1, comparison]))

const found: KnownUpload = {
  plan,
  hasChecksum: true,
  isUnproven: false,
  compare: 'beside',
  hasSent: false,
  stored: [],
  compared: compared(),
}
const picked: KnownUpload = { ...found, isUnproven: true, compare: 'first' }
const own: KnownUpload = { ...found, compare: undefined }

describe('an upload that was found by its idempotency key', () => {
  it.each<[string, Partial<KnownUpload>, string]>([
    ['S3 has nothing', {}, 'send 1 2 3, compare nothing'],
    ['S3 has a part', { stored: [one] }, 'send 2 3, compare 1'],
    ['S3 has all of it', { stored: all }, 'send nothing, compare 1 2 3'],
    ['S3 has all of it, compared', { stored: all, compared: compared('same', 'same', 'same') }, 'complete'],
    ['a part is the same', { stored: [one, two], compared: compared('same') }, 'send 3, compare 2'],
    ['S3 tells of one part three times', { stored: [one, one, one] }, 'send 2 3, compare 1 1 1'],
    ['a part cannot be compared', { stored: [one, two], compared: compared('unknown') }, 'send 3, compare 2'],
    ['no part can be', { stored: all, compared: compared('unknown', 'unknown', 'unknown') }, 'complete'],
    ['a part differs', { stored: [one, two], compared: compared('differs') }, 'leave'],
    ['the second part differs', { stored: [one, two], compared: compared('same', 'differs') }, 'leave'],
    ['a part has another size', { stored: [part(1, 9)] }, 'leave'],
    ['the last part has another size', { stored: [one, part(3, 10)] }, 'leave'],
    ['a part differs, and this page has sent some', { stored: [part(1, 9)], hasSent: true }, 'leave, mixed'],
    ['the whole did not fit', { stored: all, compare: 'first' }, 'compare 1'],
    [
      'of that, a part is the same',
      { stored: all, compare: 'first', compared: compared('same') },
      'compare 2',
    ],
    ['of that, a part differs', { stored: all, compare: 'first', compared: compared('differs') }, 'leave'],
    ['nothing has a checksum', { stored: [one], hasChecksum: false }, 'send 2 3, compare 1'],
  ])('%s', (_, known, step) => {
    expect(describeNext({ ...found, ...known })).toBe(step)
  })
})

describe('an upload that this page has sent', () => {
  it.each<[string, Partial<KnownUpload>, string]>([
    ['S3 has a part', { stored: [one] }, 'send 2 3, compare nothing'],
    ['S3 has all of it', { stored: all }, 'complete'],
    ['S3 has a part of another size', { stored: [part(2, 5)], hasSent: true }, 'leave, mixed'],
  ])('%s', (_, known, step) => {
    expect(describeNext({ ...own, ...known })).toBe(step)
  })
})

describe('an upload that the user has picked the file for', () => {
  it.each<[string, Partial<KnownUpload>, string]>([
    ['S3 has nothing', {}, 'leave'],
    ['S3 has parts', { stored: [one, two] }, 'compare 1'],
    ['a part is the same', { stored: [one, two], compared: compared('same') }, 'compare 2'],
    ['all parts are', { stored: [one, two], compared: compared('same', 'same') }, 'send 3, compare nothing'],
    ['S3 has all of it', { stored: all, compared: compared('same', 'same', 'same') }, 'complete'],
    ['a part cannot be compared', { stored: [one, two], compared: compared('same', 'unknown') }, 'leave'],
    ['a part differs', { stored: [one, two], compared: compared('differs') }, 'refuse'],
    ['a part has another size', { stored: [part(1, 9)] }, 'refuse'],
    ['nothing has a checksum', { stored: [one], hasChecksum: false }, 'leave'],
  ])('%s', (_, known, step) => {
    expect(describeNext({ ...picked, ...known })).toBe(step)
  })
})

function describeNext(known: KnownUpload): string {
  const next = decideNext(known)
  if (next.step === 'compare') return `compare ${next.part.partNumber}`
  if (next.step === 'leave') return next.isMixed ? 'leave, mixed' : 'leave'
  if (next.step !== 'send') return next.step
  const compare = next.compare.map(({ partNumber }) => partNumber)
  return `send ${next.missing.join(' ') || 'nothing'}, compare ${compare.join(' ') || 'nothing'}`
}

describe('a refusal', () => {
  type How = 'by key' | 'picked' | 'at once'
  it.each<[PartwayErrorCode, How, AfterRefusal]>([
    ['parts_missing', 'by key', 'send-again'],
    ['part_size_mismatch', 'by key', 'send-again'],
    ['object_missing', 'at once', 'send-again'],
    ['part_mismatch', 'by key', 'compare-again'],
    ['upload_gone', 'by key', 'create-again'],
    ['upload_gone', 'at once', 'create-again'],
    ['upload_gone', 'picked', 'leave'],
    ['ticket_expired', 'by key', 'create-again'],
    ['ticket_expired', 'picked', 'leave'],
    ['ticket_invalid', 'by key', 'create-again'],
    ['ticket_wrong_kind', 'by key', 'create-again'],
    ['object_mismatch', 'by key', 'leave'],
    ['object_mismatch', 'picked', 'leave'],
    ['object_mismatch', 'at once', 'create-again'],
    ['ticket_not_yours', 'by key', 'wait-for-owner'],
    ['signed_in_as_other', 'by key', 'wait-for-owner'],
    ['quota_exceeded', 'by key', 'fail'],
    ['content_mismatch', 'by key', 'fail'],
  ])('%s of a file found %s: %s', (code, how, next) => {
    const facts = { isFoundByKey: how !== 'at once', isPicked: how === 'picked', hasOwner: true }
    expect(decideAfterRefusal({ error: new PartwayError('Why.', code), ...facts })).toBe(next)
  })

  it('of somebody else’s upload fails before anybody is known to have begun it', () => {
    const facts = { isFoundByKey: true, isPicked: false, hasOwner: false }
    const error = new PartwayError('Why.', 'signed_in_as_other')
    expect(decideAfterRefusal({ error, ...facts })).toBe('fail')
  })

  it('is no failure of another kind', () => {
    const facts = { isFoundByKey: true, isPicked: false, hasOwner: true }
    expect(
      decideAfterRefusal({ error: Object.assign(new TypeError('Why.'), { code: 'upload_gone' }), ...facts }),
    ).toBe('fail')
  })
})
