// What operations work with, made up: S3 as a test answers for it, and one upload of each kind.
import { vi } from 'vitest'
import { Journal } from '../../server/core/src/journal/journal.js'
import type { S3 } from '../../server/core/src/s3/s3.js'
import type { Service } from '../../server/core/src/service.js'
import { deriveKeys } from '../../server/core/src/tickets/secrets.js'
import {
  type MultipartTicket,
  type OpenTicket,
  type SingleTicket,
  secondsNow,
} from '../../server/core/src/tickets/ticket.js'

const entry = { path: 'place/owner/m-file-decision', index: 0, count: 1 }
export const base = { id: 'uuid-1', bucket: 'media', key: 'k', owner: 'ada', issuedAt: secondsNow(), entry }
export const plan = { size: 12, partSize: 5 }
export const multipart: MultipartTicket = {
  ...base,
  ...plan,
  kind: 'multipart',
  uploadId: 'u',
  md5Etags: true,
}
export const single: SingleTicket = { ...base, kind: 'single', size: 12 }
export const open: OpenTicket = { ...base, kind: 'open', uploadId: 'u', minFileSize: 0, maxFileSize: 99 }
export const stored = [5, 5, 2].map((size, index) => ({
  partNumber: index + 1,
  size,
  etag: `"${index}"`,
  storedAt: 0,
}))
export const head = { size: 12, etag: '"e"', storedAt: 0, type: 'a/b', metadata: {}, id: 'uuid-1' }
export const done = { location: 'https://s3/media/k', key: 'k', size: 12, etag: '"e"' }

const { journal: keys } = await deriveKeys(['a secret for tests, long enough to be accepted'])

/** By default S3 holds all parts and no object. */
export function fakeService(answers: Partial<S3>, more: Partial<Service> = {}): { s3: S3; service: Service } {
  const s3: S3 = {
    createMultipartUpload: vi.fn(async () => ({ uploadId: 'u', md5Etags: true })),
    listParts: vi.fn<S3['listParts']>(async () => stored),
    completeMultipartUpload: vi.fn<S3['completeMultipartUpload']>(async () => true),
    abortMultipartUpload: vi.fn(async () => true),
    headObject: vi.fn<S3['headObject']>(async () => undefined),
    listPage: vi.fn(async () => ({ objects: [], isLast: true })),
    put: vi.fn(async () => true),
    read: vi.fn(async () => undefined),
    listObjects: vi.fn<S3['listObjects']>(async () => new Map()),
    readStart: vi.fn(async () => new Uint8Array()),
    deleteObject: vi.fn<S3['deleteObject']>(async () => true),
    ...answers,
  }
  const service: Service = {
    rules: {
      partSize: 5,
      connections: 6,
      multipartThreshold: 5,
      singleUpload: 'form',
      urlExpiresInSeconds: 3600,
      ticketExpiresInSeconds: 604_800,
      checksum: 'md5',
    },
    s3,
    presigner: {
      signParts: async (_, parts) => parts.map(({ partNumber }) => ({ partNumber, url: '', expiresIn: 1 })),
      signPut: async () => ({ url: '', headers: {}, expiresIn: 1 }),
      signForm: async () => ({ url: '', fields: {}, expiresIn: 1 }),
      locate: async ({ bucket, key }) => `https://s3/${bucket}/${key}`,
      listOrigins: async () => ['https://s3'],
    },
    quota: {
      countsBytes: true,
      reserve: vi.fn(async () => {}),
      finish: vi.fn(async () => {}),
      release: vi.fn(async () => {}),
      left: vi.fn(async () => undefined),
    },
    notify: {
      created: vi.fn(async () => {}),
      completed: vi.fn(async () => undefined),
      aborted: vi.fn(async () => {}),
    },
    journal: new Journal(s3, { bucket: 'media', prefix: '.partway/', keys }),
    operate: (_, run) => run({}),
    report: vi.fn(),
    log: vi.fn(),
    ownerMark: 'ada',
    needsHeads: false,
    signal: new AbortController().signal,
    signTicket: async () => 'ticket',
    ...more,
  }
  return { s3, service }
}
