// What operations make of S3's answers that no store gives on demand: lost replies, halves, and bad moments.
import { createHash } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import type { PartwayError } from '../../server/src/errors.js'
import { abortUpload } from '../../server/src/operations/abort-upload.js'
import { completeOpenUpload, completeUpload } from '../../server/src/operations/complete-upload.js'
import { createUpload, type SizedUpload } from '../../server/src/operations/create-upload.js'
import { FileLimitsSchema } from '../../server/src/rules/limits.js'
import type { S3 } from '../../server/src/s3/s3.js'
import { secondsNow } from '../../server/src/tickets/ticket.js'
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

describe('aborting an upload in parts', () => {
  test.each<[string, Partial<S3>, number]>([
    ['gives its quota back', {}, 1],
    ['that S3 does not know any more does too', { abortMultipartUpload: async () => false }, 1],
    [
      'that was completed leaves the object',
      { abortMultipartUpload: async () => false, headObject: async () => head },
      0,
    ],
  ])('%s', async (_, answers, times) => {
    const { service } = fakeService({ listParts: async () => [], ...answers })
    await abortUpload(service, multipart)
    expect(service.quota.release).toHaveBeenCalledTimes(times)
    expect(service.notify.aborted).toHaveBeenCalledTimes(times)
  })
})

describe('aborting an upload in one request', () => {
  test.each([
    ['deletes its own object', single, head, 1],
    ["leaves another's object", single, { ...head, id: 'uuid-2' }, 0],
    ['leaves what was sent long ago', { ...single, issuedAt: secondsNow() - 3700 }, head, 0],
  ])('%s', async (_, ticket, object, deletions) => {
    const { service, s3 } = fakeService({ headObject: async () => object })
    await abortUpload(service, ticket)
    expect(s3.deleteObject).toHaveBeenCalledTimes(deletions)
  })
})

const { issuedAt: _, ...address } = base
const upload: SizedUpload = {
  ...address,
  name: 'a',
  size: 12,
  metadata: {},
  headers: { contentType: 'a/b', contentDisposition: 'attachment', metadata: {}, options: {} },
  limits: FileLimitsSchema.parse({}),
}

describe('a creation that fails after S3 created leaves nothing, and tells the first failure:', () => {
  const failing = async () => {
    throw new Error('first')
  }
  const goneClient = AbortSignal.abort()
  const notify = { created: failing, completed: async () => undefined, aborted: async () => {} }

  test.each([
    ['no ticket', { signTicket: failing }, 'first'],
    ["the host's onCreate", { notify }, 'first'],
    ['the client went away', { signal: goneClient }, 'The client closed the connection.'],
  ])('%s', async (_, more, message) => {
    const abortMultipartUpload = vi.fn().mockRejectedValue(new Error('second'))
    const { service, s3 } = fakeService({ abortMultipartUpload }, more)
    await expect(createUpload(service, upload)).rejects.toThrow(message)
    expect(s3.abortMultipartUpload).toHaveBeenCalledWith(expect.objectContaining({ key: 'k', uploadId: 'u' }))
    expect(service.quota.release).toHaveBeenCalledWith('ada', 'uuid-1')
  })
})

test.each([
  [0, 'form'],
  [5, 'form'],
  [6, 'multipart'],
])('%d bytes at a threshold of 5 go as %s', async (size, kind) => {
  const { service } = fakeService({})
  expect(await createUpload(service, { ...upload, size })).toMatchObject({ kind })
  expect(service.quota.reserve).toHaveBeenCalledWith('ada', 'uuid-1', size)
})
