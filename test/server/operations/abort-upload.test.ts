// Giving an upload up: what stays on S3, what goes on counting, and what the host hears.
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { abortUpload } from '../../../server/core/src/operations/abort-upload.js'
import type { S3 } from '../../../server/core/src/s3/s3.js'
import { busy } from '../../../server/core/src/s3/s3-errors.js'
import { type SingleTicket, secondsNow } from '../../../server/core/src/tickets/ticket.js'
import { fakeService, head, multipart, open, single, stored } from '../fake-service.js'

vi.mock('node:timers/promises', () => ({ setTimeout: vi.fn(async () => {}) }))
afterEach(() => {
  vi.mocked(delay).mockClear()
})

const listParts = () => vi.fn<S3['listParts']>()
const abortMultipartUpload = () => vi.fn<S3['abortMultipartUpload']>()

describe('in parts', () => {
  test.each([multipart, open])('of $kind: the host hears what was given up', async (ticket) => {
    const { service } = fakeService({ listParts: async () => [] })
    expect(await abortUpload(service, ticket, 'expired')).toBe(true)
    expect(service.notify.aborted).toHaveBeenCalledExactlyOnceWith(ticket, 'expired')
  })

  test('S3 does not know it any more: that is the end, without a wait', async () => {
    const { service, s3 } = fakeService({ listParts: async () => undefined })
    await abortUpload(service, multipart, 'cancelled')
    expect(s3.abortMultipartUpload).toHaveBeenCalledTimes(1)
    expect(delay).not.toHaveBeenCalled()
  })

  test('parts that were in flight are deleted too', async () => {
    const late = listParts().mockResolvedValueOnce(stored).mockResolvedValueOnce(stored).mockResolvedValue([])
    const { service, s3 } = fakeService({ listParts: late })
    await abortUpload(service, multipart, 'cancelled')
    expect(s3.abortMultipartUpload).toHaveBeenCalledTimes(3)
    expect(service.quota.release).toHaveBeenCalledExactlyOnceWith('ada', 'uuid-1')
  })

  test('parts that do not stop: the page is to abort again; S3 is asked five times, ever slower', async () => {
    const { service, s3 } = fakeService({ listParts: async () => stored })
    await expect(abortUpload(service, multipart, 'cancelled')).rejects.toMatchObject({
      code: 'abort_incomplete',
      retryAfterSeconds: 5,
    })
    expect(s3.abortMultipartUpload).toHaveBeenCalledTimes(5)
    const waits = vi.mocked(delay).mock.calls.map(([milliseconds]) => milliseconds as number)
    expect(waits).toHaveLength(4)
    expect(waits).toEqual(waits.toSorted((one, other) => one - other))
    expect(service.quota.release).not.toHaveBeenCalled()
    expect(service.notify.aborted).not.toHaveBeenCalled()
  })

  test('S3 is busy with the same upload: tried again', async () => {
    const abort = abortMultipartUpload().mockRejectedValueOnce(busy('Busy.')).mockResolvedValue(true)
    const { service } = fakeService({ abortMultipartUpload: abort, listParts: async () => [] })
    await abortUpload(service, multipart, 'cancelled')
    expect(abort).toHaveBeenCalledTimes(2)
  })

  test('S3 stays busy: said so, after five tries', async () => {
    const abort = abortMultipartUpload().mockRejectedValue(busy('Busy.'))
    const { service } = fakeService({ abortMultipartUpload: abort })
    await expect(abortUpload(service, multipart, 'cancelled')).rejects.toMatchObject({ code: 's3_busy' })
    expect(abort).toHaveBeenCalledTimes(5)
    expect(service.quota.release).not.toHaveBeenCalled()
  })

  test.each([
    ['a refusal', Object.assign(busy('Denied.'), { code: 's3_access_denied' })],
    ["an error of the network's", Object.assign(new Error('socket hang up'), { code: 's3_busy' })],
  ])('%s is passed on at once', async (_, error) => {
    const abort = abortMultipartUpload().mockRejectedValue(error)
    const { service } = fakeService({ abortMultipartUpload: abort })
    await expect(abortUpload(service, multipart, 'cancelled')).rejects.toBe(error)
    expect(abort).toHaveBeenCalledTimes(1)
  })

  test('of what was completed, the object counts', async () => {
    const { service } = fakeService({
      abortMultipartUpload: async () => false,
      headObject: async () => ({ ...head, size: 11 }),
    })
    expect(await abortUpload(service, open, 'cancelled')).toBe(false)
    expect(service.notify.aborted).not.toHaveBeenCalled()
    expect(service.quota.finish).toHaveBeenCalledExactlyOnceWith('ada', 'uuid-1', 11)
  })

  test("another's object at its key does not count for it", async () => {
    const { service } = fakeService({
      abortMultipartUpload: async () => false,
      headObject: async () => ({ ...head, id: 'uuid-2' }),
    })
    service.journal.hasEnded = async () => false
    await abortUpload(service, multipart, 'cancelled')
    expect(service.quota.finish).not.toHaveBeenCalled()
    expect(service.quota.release).toHaveBeenCalledExactlyOnceWith('ada', 'uuid-1')
  })

  test('what has ended before, and left the journal, ends no second time', async () => {
    const { service } = fakeService({ abortMultipartUpload: async () => false })
    await abortUpload(service, multipart, 'cancelled')
    expect(service.quota.release).not.toHaveBeenCalled()
    expect(service.notify.aborted).not.toHaveBeenCalled()
  })
})

describe('in one request', () => {
  const claimed = (claim: string) => ({
    put: async () => false,
    read: async () => ({ body: claim, etag: '', storedAt: 0 }),
  })

  test.each<[string, Partial<S3>, number]>([
    ['whose file has arrived', { headObject: async () => head }, 1],
    ['whose file has not arrived', {}, 0],
    ["at whose key another's object is", { headObject: async () => ({ ...head, id: 'uuid-2' }) }, 0],
    ['that was given up before', { headObject: async () => head, ...claimed('cancel') }, 1],
  ])(
    '%s: the host hears of it, and it counts until its signature has expired',
    async (_, answers, deleted) => {
      const { service, s3 } = fakeService(answers)
      service.journal.hasEnded = async () => false
      expect(await abortUpload(service, single, 'cancelled')).toBe(true)
      expect(service.notify.aborted).toHaveBeenCalledExactlyOnceWith(single, 'cancelled')
      expect(service.quota.finish).toHaveBeenCalledExactlyOnceWith('ada', 'uuid-1', 12)
      expect(service.quota.release).not.toHaveBeenCalled()
      expect(s3.deleteObject).toHaveBeenCalledTimes(deleted)
    },
  )

  test.each<[string, SingleTicket, Partial<S3>]>([
    ['of which the host has heard', single, {}],
    ['that was sent long ago', { ...single, issuedAt: secondsNow() - 3700 }, {}],
    ['that the finisher is about to deliver', single, claimed('deliver')],
  ])('%s: the file stays', async (_, ticket, answers) => {
    const { service, s3 } = fakeService({ headObject: async () => head, ...answers })
    if (answers.put) service.journal.hasEnded = async () => false
    expect(await abortUpload(service, ticket, 'cancelled')).toBe(false)
    expect(service.notify.aborted).not.toHaveBeenCalled()
    expect(s3.deleteObject).not.toHaveBeenCalledWith(expect.objectContaining({ key: ticket.key }))
  })
})
