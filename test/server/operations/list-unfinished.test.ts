// What the operation makes of S3's answers that no store gives on demand: old uploads, very many, and bad moments.
import { expect, test, vi } from 'vitest'
import { listUnfinished } from '../../../server/src/operations/list-unfinished.js'
import { MIB } from '../../../server/src/rules/plan-parts.js'
import { makeUploadId } from '../../../server/src/rules/upload-id.js'
import type { S3 } from '../../../server/src/s3/s3.js'
import type { Service } from '../../../server/src/service.js'
import { secondsNow, type Ticket } from '../../../server/src/tickets/ticket.js'

const WEEK = 604_800
const ada = { owner: 'ada', keyPrefix: 'in/ada/' }
const list = (service: Service) => listUnfinished(service, ada, ['media'])

function begun(size: number, secondsAgo = 0, name = 'film.mp4') {
  const id = makeUploadId(size)
  const key = `in/ada/${id}/${name}`
  return { id, key, uploadId: `upload of ${id}`, initiatedAt: secondsNow() - secondsAgo }
}

function fakeService(s3: Partial<S3>) {
  const tickets: Ticket[] = []
  const service = {
    s3: { listParts: vi.fn(async () => []), ...s3 },
    rules: { partSize: 8 * MIB, ticketExpiresInSeconds: WEEK, checksum: 'md5' },
    signal: new AbortController().signal,
    signTicket: async (ticket: Ticket) => `ticket ${tickets.push(ticket)}`,
  }
  return { tickets, service: service as unknown as Service }
}

test('a ticket is as old as its upload, and the page is told what is left of it', async () => {
  const upload = begun(20 * MIB, 1000)
  const { service, tickets } = fakeService({ listUploads: async () => [upload] })
  const [told] = await list(service)
  expect(told).toMatchObject({
    createdAt: upload.initiatedAt,
    size: 20 * MIB,
    partCount: 3,
    name: 'film.mp4',
  })
  expect(Math.abs((told?.ticketExpiresIn ?? 0) - (WEEK - 1000))).toBeLessThan(10)
  const { id, key, uploadId, initiatedAt: issuedAt } = upload
  const where = { bucket: 'media', key, uploadId, owner: 'ada' }
  const plan = { size: 20 * MIB, partSize: 8 * MIB }
  const kinds = { kind: 'multipart', checksum: 'md5', md5Etags: true }
  expect(tickets).toEqual([{ ...kinds, id, ...where, ...plan, issuedAt }])
})

test('an upload keeps the checksum that it was begun with, whatever is the option by now', async () => {
  const upload = { ...begun(20 * MIB), checksum: 'crc64nvme' } as const
  const { service, tickets } = fakeService({ listUploads: async () => [upload] })
  expect(await list(service)).toMatchObject([{ checksum: 'crc64nvme' }])
  expect(tickets).toMatchObject([{ checksum: 'crc64nvme' }])
})

test('what is older than tickets last is not told', async () => {
  const listUploads = async () => [begun(20 * MIB, WEEK + 1), begun(20 * MIB, WEEK - 60, 'young')]
  const { service } = fakeService({ listUploads })
  expect(await list(service)).toMatchObject([{ name: 'young' }])
})

test('of very many, the 100 that were begun last', async () => {
  const uploads = Array.from({ length: 300 }, (_, n) => begun(20 * MIB, ((n * 7) % 300) * 100, `${n}`))
  const listParts = vi.fn(async () => [])
  const { service } = fakeService({ listUploads: async () => uploads, listParts })
  const told = await list(service)
  const latest = uploads.toSorted((a, b) => b.initiatedAt - a.initiatedAt).slice(0, 100)
  expect(told.map(({ key }) => key)).toEqual(latest.map(({ key }) => key))
  expect(listParts).toHaveBeenCalledTimes(100)
})

test('keys that are no default key of the owner are not told', async () => {
  const { id } = begun(20 * MIB)
  const keys = [
    'in/ada/film.mp4',
    `in/ada/${id}`,
    `in/ada/${id}/`,
    `in/ada/${id}/a/b`,
    `in/ada/x/${id}/film.mp4`,
    `in/ada/${makeUploadId(undefined)}/film.mp4`,
    `in/ada/${crypto.randomUUID()}/film.mp4`,
    // A store that takes the prefix for less than it is.
    `in/eve/${id}/film.mp4`,
    `in/adam/${id}/film.mp4`,
  ]
  const uploads = keys.map((key) => ({ ...begun(1), key }))
  const { service } = fakeService({ listUploads: async () => uploads })
  expect(await list(service)).toEqual([])
})

test('one that ends meanwhile, or that nobody knows the plan of, is left out', async () => {
  const part = (partNumber: number, size: number) => ({ partNumber, size, etag: '"e"' })
  const listParts = vi
    .fn<S3['listParts']>()
    .mockResolvedValueOnce(undefined)
    .mockResolvedValueOnce([part(1, 6 * MIB), part(2, 7 * MIB)])
    .mockResolvedValueOnce([part(1, 6 * MIB), part(4, 2 * MIB)])
  const listUploads = async () => ['ended', 'odd', 'good'].map((name) => begun(20 * MIB, 0, name))
  const { service } = fakeService({ listUploads, listParts })
  expect(await list(service)).toMatchObject([
    { name: 'good', partSize: 6 * MIB, partCount: 4, bytesUploaded: 8 * MIB },
  ])
})

test('every bucket is looked through once', async () => {
  const listUploads = vi.fn<S3['listUploads']>(async (bucket) => [begun(20 * MIB, 0, bucket)])
  const { service, tickets } = fakeService({ listUploads })
  const buckets = ['media', 'archive', 'media']
  const told = await listUnfinished(service, ada, buckets)
  expect(told.map(({ name }) => name).sort()).toEqual(['archive', 'media'])
  for (const ticket of tickets) expect(ticket.key.endsWith(`/${ticket.bucket}`)).toBe(true)
  expect(listUploads.mock.calls.map(([, prefix]) => prefix)).toEqual(['in/ada/', 'in/ada/'])
})
