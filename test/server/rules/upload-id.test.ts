import { expect, test } from 'vitest'
import { makeUploadId, randomGroup, togetherPrefix } from '../../../server/core/src/rules/upload-id.js'

// RFC 9562, section 5.4: version 4, variant 10.
const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('is a UUID of version 4; those of one call start alike, and no others', () => {
  const [group, other] = [randomGroup(), randomGroup()]
  const id = makeUploadId(group)
  expect(id).toMatch(VERSION_4)
  expect(togetherPrefix(makeUploadId(group))).toBe(togetherPrefix(id))
  expect(togetherPrefix(makeUploadId(other))).not.toBe(togetherPrefix(id))
})

test('ids of one call differ', () => {
  const group = randomGroup()
  expect(new Set(Array.from({ length: 10_000 }, () => makeUploadId(group))).size).toBe(10_000)
})
