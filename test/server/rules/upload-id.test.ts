import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_OBJECT_SIZE } from '../../../server/src/rules/plan-parts.js'
import { makeUploadId, readUploadSize } from '../../../server/src/rules/upload-id.js'

// RFC 9562, section 5.8: version 8, variant 10.
const VERSION_8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('is a UUID of version 8 that gives the size back, up to the largest object', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_OBJECT_SIZE }), (size) => {
      expect(makeUploadId(size)).toMatch(VERSION_8)
      expect(readUploadSize(makeUploadId(size))).toBe(size)
    }),
  )
  expect(readUploadSize(makeUploadId(MAX_OBJECT_SIZE))).toBe(MAX_OBJECT_SIZE)
  expect(makeUploadId(255)).toMatch(/-0000000000ff$/)
})

test('a size that is not known is 0', () => {
  expect(readUploadSize(makeUploadId(undefined))).toBe(0)
})

test('ids of files of one size differ', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => makeUploadId(1))).size).toBe(10_000)
})

describe('no such id', () => {
  test.each([
    ['version 4', '3f1c7b0e-6b0d-4c57-9c5e-0000000000ff'],
    ['another variant', '3f1c7b0e-6b0d-8c57-cc5e-0000000000ff'],
    ['capital letters', '3F1C7B0E-6B0D-8C57-9C5E-0000000000FF'],
    ['more than S3 can hold', '3f1c7b0e-6b0d-8c57-9c5e-ffffffffffff'],
    ['something in front', 'x3f1c7b0e-6b0d-8c57-9c5e-0000000000ff'],
    ['something behind', '3f1c7b0e-6b0d-8c57-9c5e-0000000000ff0'],
    ['nothing', ''],
  ])('%s', (_, id) => {
    expect(readUploadSize(id)).toBeUndefined()
  })
})
