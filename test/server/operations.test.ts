// What operations make of S3's answers that no store gives on demand: lost replies, halves, and bad moments.
import { createHash } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import type { PartwayError } from '../../server/core/src/errors.js'
import { completeOpenUpload, completeUpload } from '../../server/core/src/operations/complete-upload.js'
import { createInParts } from '../../server/core/src/operations/create-in-parts.js'
import type { SizedUpload } from '../../server/core/src/rules/authorize.js'
import { FileLimitsSchema } from '../../server/core/src/rules/limits.js'
import type { S3 } from '../../server/core/src/s3/s3.js'
import type { Service } from '../../server/core/src/service.js'
import { base, done, fakeService, head, multipart, open, single, stored } from './fake-service.js'

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'success',
    (error: PartwayError) => error.code,
  )

describe('completing an upload in parts', () => {
  test('S3 completed it, and its reply was lost', async () => {
    const { service } = fakeService({ listParts: async () => undefined, headObject: async () => head })
    expect(await completeUpload(service, multipart)).toEqual(done)
  })

  test('S3 completed it, and said that it failed', async () => {
    const { service } = fakeService({
      completeMultipartUpload: async () => false,
      headObject: async () => head,
    })
    expect(await completeUpload(service, multipart)).toEqual(done)
  })

  test('S3 failed, and still has the parts', async () => {
    const { service } = fakeService({ completeMultipartUpload: async () => false })
    expect(await codeOf(completeUpload(service, multipart))).toBe('s3_busy')
  })

  test('S3 failed, because it was aborted meanwhile', async () => {
    const listParts = vi.fn<S3['listParts']>().mockResolvedValueOnce(stored).mockResolvedValue(undefined)
    const { service } = fakeService({ listParts, completeMultipartUpload: async () => false })
    expect(await codeOf(completeUpload(service, multipart))).toBe('upload_gone')
  })

  test.each([
    ['of another upload', { ...head, id: 'uuid-2' }],
    ['of nobody', { ...head, id: undefined }],
    ['of another size', { ...head, size: 11 }],
  ])('an object %s is no completed upload', async (_, object) => {
    const { service } = fakeService({ listParts: async () => undefined, headObject: async () => object })
    expect(await codeOf(completeUpload(service, multipart))).toBe('upload_gone')
  })

  test.each([
    [
      'a part of another size',
      [stored[0], { ...stored[1], size: 4 }, stored[2]],
      'part_size_mismatch',
      'part 2.',
    ],
    [
      'a last part too large',
      [stored[0], stored[1], { ...stored[2], size: 5 }],
      'part_size_mismatch',
      'part 3.',
    ],
    ['a gap', [stored[0], stored[2]], 'parts_missing', '1 of 3 parts have not arrived: part 2.'],
    ['nothing', [], 'parts_missing', '3 of 3 parts have not arrived: part 1, 2, 3.'],
    [
      'one too many',
      [...stored, { partNumber: 4, size: 1, etag: '' }],
      'part_mismatch',
      '4 parts of an upload of 3',
    ],
  ])('%s is refused and leaves the upload alone', async (_, parts, code, message) => {
    const { service, s3 } = fakeService({ listParts: async () => parts as typeof stored })
    await expect(completeUpload(service, multipart)).rejects.toMatchObject({
      code,
      status: 409,
      message: expect.stringContaining(message),
    })
    expect(s3.completeMultipartUpload).not.toHaveBeenCalled()
  })

  test('many missing parts make a short message', async () => {
    const { service } = fakeService({ listParts: async () => [] })
    const huge = { ...multipart, size: 50_000 }
    await expect(completeUpload(service, huge)).rejects.toThrow(/19, 20 and 9980 more\. Send them/)
  })

  test('S3 is told the size of the whole', async () => {
    const { service, s3 } = fakeService({ headObject: async () => head })
    expect(await completeUpload(service, multipart)).toEqual(done)
    expect(s3.completeMultipartUpload).toHaveBeenCalledWith(multipart, stored, { size: 12 })
  })

  test('without a plan, an object of any size is this upload if it carries its UUID', async () => {
    const { service } = fakeService({ listParts: async () => undefined, headObject: async () => head })
    expect(await completeOpenUpload(service, open, [{ partNumber: 1, etag: 'x' }])).toEqual(done)
  })
})

describe('completing an upload in one request', () => {
  test.each([
    [head, 'success'],
    [undefined, 'object_missing'],
    [{ ...head, id: 'uuid-2' }, 'object_mismatch'],
    [{ ...head, size: 13 }, 'object_mismatch'],
  ])('%o: %s', async (object, code) => {
    const { service } = fakeService({ headObject: async () => object })
    expect(await codeOf(completeUpload(service, single))).toBe(code)
  })
})

describe('completing a file whose MD5 the page told', () => {
  const bytes = 'all of it'
  const hash = (encoding: 'base64' | 'hex') => createHash('md5').update(bytes).digest(encoding)
  const ticket = { ...single, md5: hash('base64') }
  const right = { ...head, etag: `"${hash('hex')}"` }

  test('S3 has it: no call more', async () => {
    const { service, s3 } = fakeService({})
    expect(await codeOf(completeUpload(service, ticket, { head: right }))).toBe('success')
    expect(s3.headObject).not.toHaveBeenCalled()
  })

  test('S3 has other bytes: they are deleted, and the page sends the file again', async () => {
    const { service, s3 } = fakeService({ headObject: async () => ({ ...head, md5Etag: true }) })
    expect(await codeOf(completeUpload(service, ticket))).toBe('object_missing')
    expect(s3.deleteObject).toHaveBeenCalledTimes(1)
  })

  test('a list says other bytes, and S3 that the ETag is no MD5: by size', async () => {
    const { service, s3 } = fakeService({ headObject: async () => ({ ...head, md5Etag: false }) })
    expect(await codeOf(completeUpload(service, ticket, { head }))).toBe('success')
    expect(s3.deleteObject).not.toHaveBeenCalled()
  })

  test('a list says other bytes, and S3 as well: they are deleted', async () => {
    const { service, s3 } = fakeService({ headObject: async () => ({ ...head, md5Etag: true }) })
    expect(await codeOf(completeUpload(service, ticket, { head }))).toBe('object_missing')
    expect(s3.deleteObject).toHaveBeenCalledExactlyOnceWith(ticket, head.etag)
  })

  test('what the page has sent again meanwhile stays, and is what is completed', async () => {
    const headObject = vi
      .fn<S3['headObject']>()
      .mockResolvedValueOnce({ ...head, md5Etag: true })
      .mockResolvedValue({ ...right, md5Etag: true })
    const { service } = fakeService({ headObject, deleteObject: async () => false })
    expect(await codeOf(completeUpload(service, ticket))).toBe('success')
  })

  test("another upload's object is never deleted", async () => {
    const other = { ...head, id: 'uuid-2', md5Etag: true }
    const { service, s3 } = fakeService({ headObject: async () => other })
    expect(await codeOf(completeUpload(service, ticket))).toBe('object_mismatch')
    expect(s3.deleteObject).not.toHaveBeenCalled()
  })
})

const { issuedAt: _, entry: _entry, ...address } = base
const upload: SizedUpload = {
  ...address,
  name: 'a',
  type: 'a/b',
  size: 12,
  sentMetadata: {},
  metadata: {},
  headers: { contentType: 'a/b', contentDisposition: 'attachment', metadata: {}, options: {} },
  limits: FileLimitsSchema.parse({}),
}
const beginning = { folder: 'place/owner/', mount: 'mount' }

describe('a creation that fails after S3 created leaves nothing, and tells the first failure:', () => {
  const failing = async () => {
    throw new Error('first')
  }
  const notify = { created: failing, completed: async () => undefined, aborted: async () => {} }

  test.each<[string, Partial<S3>, Partial<Service>, string]>([
    ['the journal', { put: failing }, {}, 'first'],
    ["the host's onCreate", {}, { notify }, 'first'],
    ['the client went away', {}, { signal: AbortSignal.abort() }, 'The client closed the connection.'],
  ])('%s', async (_, answers, more, message) => {
    const abortMultipartUpload = vi.fn().mockRejectedValue(new Error('second'))
    const { service, s3 } = fakeService({ ...answers, abortMultipartUpload }, more)
    await expect(createInParts(service, upload, beginning)).rejects.toThrow(message)
    expect(s3.abortMultipartUpload).toHaveBeenCalledWith(expect.objectContaining({ key: 'k', uploadId: 'u' }))
    expect(service.quota.release).toHaveBeenCalledWith('ada', 'uuid-1')
  })
})
