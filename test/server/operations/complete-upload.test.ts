// Completing: the checksum of the whole, and what a client that tells no size reports.
import { describe, expect, test } from 'vitest'
import { completeOpenUpload, completeUpload } from '../../../server/core/src/operations/complete-upload.js'
import type { S3 } from '../../../server/core/src/s3/s3.js'
import { done, fakeService, head, multipart, open, single, stored } from '../fake-service.js'

const completed = { headObject: async () => head }

describe('a checksum of the whole', () => {
  const crc64nvme = Buffer.alloc(8, 7).toString('base64')

  test('goes to S3', async () => {
    const { service, s3 } = fakeService(completed)
    const ticket = { ...multipart, checksum: 'crc64nvme' as const }
    expect(await completeUpload(service, ticket, { checksum: crc64nvme })).toEqual(done)
    const whole = { size: 12, checksum: { kind: 'crc64nvme', value: crc64nvme } }
    expect(s3.completeMultipartUpload).toHaveBeenCalledExactlyOnceWith(ticket, stored, whole)
  })

  test.each([
    [
      'of another length',
      { ...multipart, checksum: 'crc64nvme' as const },
      'AAAA',
      'the crc64nvme of the whole file',
    ],
    [
      'that is empty',
      { ...multipart, checksum: 'crc64nvme' as const },
      '',
      'the crc64nvme of the whole file',
    ],
    ['of another kind', { ...multipart, checksum: 'md5' as const }, crc64nvme, 'the md5 of the whole file'],
    ['of parts without any', multipart, crc64nvme, 'has no checksum of the whole'],
    ['of a file in one request', single, crc64nvme, 'has no checksum of the whole'],
  ])('%s is refused, and S3 not asked', async (_, ticket, checksum, message) => {
    const { service, s3 } = fakeService(completed)
    await expect(completeUpload(service, ticket, { checksum })).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'checksum',
      message: expect.stringContaining(message),
    })
    expect(s3.completeMultipartUpload).not.toHaveBeenCalled()
  })
})

describe('what a client that tells no size reports', () => {
  const reported = stored.map(({ partNumber, etag }) => ({ partNumber, etag }))
  const bare = reported.map(({ partNumber, etag }) => ({ partNumber, etag: etag.replaceAll('"', '') }))

  test.each([
    ['ETags in quotes', reported],
    ['ETags without their quotes', bare],
    ['parts in any order', reported.toReversed()],
  ])('%s: completed', async (_, parts) => {
    const { service, s3 } = fakeService(completed)
    expect(await completeOpenUpload(service, open, parts)).toEqual(done)
    expect(s3.completeMultipartUpload).toHaveBeenCalledExactlyOnceWith(open, stored, { size: 12 })
    expect(s3.abortMultipartUpload).not.toHaveBeenCalled()
  })

  test('S3 gives ETags without quotes: completed', async () => {
    const listParts = async () => stored.map((part) => ({ ...part, etag: part.etag.replaceAll('"', '') }))
    const { service } = fakeService({ ...completed, listParts })
    expect(await completeOpenUpload(service, open, reported)).toEqual(done)
  })

  test.each([
    ["another part's ETag", [{ partNumber: 1, etag: '1' }, ...reported.slice(1)], 'part_mismatch', 'part 1.'],
    ['other ETags', reported.map((part) => ({ ...part, etag: 'x' })), 'part_mismatch', 'part 1, 2, 3.'],
    [
      'an ETag with a quote in the middle',
      [...reported.slice(0, 2), { partNumber: 3, etag: '"2""' }],
      'part_mismatch',
      '3.',
    ],
    ['a part less', reported.slice(0, 2), 'part_mismatch', '3 parts of an upload of 2'],
    ['a part more', [...reported, { partNumber: 4, etag: 'x' }], 'parts_missing', '1 of 4 parts'],
  ])('%s: refused, and the upload stays', async (_, parts, code, message) => {
    const { service, s3 } = fakeService(completed)
    await expect(completeOpenUpload(service, open, parts)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
    expect(s3.completeMultipartUpload).not.toHaveBeenCalled()
    expect(s3.abortMultipartUpload).not.toHaveBeenCalled()
  })

  test.each([
    ['too large', { maxFileSize: 11 }, 'file_too_large'],
    ['too small', { minFileSize: 13 }, 'file_too_small'],
  ])('parts that are together %s: refused, and nothing is left', async (_, limits, code) => {
    let parts: Awaited<ReturnType<S3['listParts']>> = stored
    const abortMultipartUpload = async () => {
      parts = undefined
      return true
    }
    const { service, s3 } = fakeService({ ...completed, listParts: async () => parts, abortMultipartUpload })
    await expect(completeOpenUpload(service, { ...open, ...limits }, reported)).rejects.toMatchObject({
      code,
    })
    expect(parts).toBeUndefined()
    expect(s3.completeMultipartUpload).not.toHaveBeenCalled()
  })
})

test('of exactly as many missing parts as a message lists, it lists all', async () => {
  const { service } = fakeService({ listParts: async () => [] })
  const ticket = { ...multipart, size: 100 }
  await expect(completeUpload(service, ticket)).rejects.toThrow(/18, 19, 20\. Send them/)
})
