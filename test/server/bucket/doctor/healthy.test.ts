// A healthy set-up, on a real store and with a running middleware: nothing is failed, and nothing is left.
import type { DoctorReport, Step } from '@partway/server/bucket'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../../support/s3-under-test.js'
import { listAll } from '../../s3-contents.js'
import { type HostApp, serveApp, testOptions } from '../../serve.js'
import { createHealthyBucket, examine, expectFailed, namesOf, origin, stepOf } from './set-up.js'

let s3: S3UnderTest
let bucket: string
let app: HostApp
let report: DoctorReport
const told: Step[] = []

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createHealthyBucket(s3)
  app = await serveApp(testOptions(s3, bucket, { allowedOrigins: [origin] }))
  report = await examine(s3, bucket, {
    app: `${app.origin}/uploads/`,
    appHeaders: { 'x-user': 'ada' },
    onStep: (step) => told.push(step),
  })
})
afterAll(async () => {
  await app.close()
  await s3.close()
})

test('no step fails, and none is left out for another', () => {
  expectFailed(report, [])
  expect(report.steps.filter(({ because }) => because !== undefined)).toEqual([])
  expect(report.ok).toBe(true)
})

test('each step is told when it is done', () => {
  expect(told).toEqual(report.steps)
  expect(new Set(told.map(({ name }) => name)).size).toBe(told.length)
  expect(told.length).toBeGreaterThan(30)
})

test('nothing is left in the bucket, though objects and uploads were made', async () => {
  expect(report.leftBehind).toEqual([])
  expect(await listAll(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  const [, objects = 0, uploads = 0] =
    /removed (\d+) objects and (\d+) uploads/.exec(stepOf(report, 'clean-up').seen)?.map(Number) ?? []
  expect(objects).toBeGreaterThan(3)
  expect(uploads).toBeGreaterThan(3)
})

test('what makes uploads work is ok', () => {
  const needed = [
    'endpoint',
    'clock',
    'region',
    'credentials',
    'bucket',
    's3:DeleteObject',
    's3:AbortMultipartUpload',
    's3:PutObject',
    's3:GetObject',
    's3:ListBucket',
    's3:ListMultipartUploadParts',
    'journal',
    'public access',
    'lifecycle',
    'preflight POST',
    'preflight PUT',
    'form POST',
    'POST policy',
    'PUT',
    'signed length',
    'multipart',
    'checksum md5',
    'transfer speed',
    'app mounted',
    'app health',
    'app sign-in',
    'app origin',
    'app clock',
    'app config',
  ]
  expect(needed.filter((name) => stepOf(report, name).state !== 'ok')).toEqual([])
})

test('what the stores differ in is told', () => {
  const differing = ['checksum crc64nvme', 'If-None-Match', 'object size', 'signed headers']
  const states = Object.fromEntries(differing.map((name) => [name, stepOf(report, name).state]))
  const isCeph = s3.name === 'ceph'
  expect(states).toEqual({
    'checksum crc64nvme': isCeph ? 'info' : 'ok',
    'If-None-Match': isCeph ? 'info' : 'ok',
    'object size': isCeph ? 'info' : 'ok',
    'signed headers': isCeph ? 'warning' : 'ok',
  })
  if (isCeph) {
    expect(stepOf(report, 'checksum crc64nvme').seen).toContain(
      "do not set the option `checksum: 'crc64nvme'`",
    )
    expect(stepOf(report, 'signed headers').fix).toContain('`signingClient`')
  }
})

const ceph = inject('ceph')
describe.skipIf(!ceph)(
  'with the policy of docs/bucket.md alone (only on Ceph: the embedded store has no policies)',
  () => {
    test('no step fails; what only set-up may see is skipped', async () => {
      const limited = await examine(s3, bucket, { credentials: s3.limited?.credentials ?? s3.credentials })
      expectFailed(limited, [])
      expect(limited.ok).toBe(true)
      expect(namesOf(limited, 'skipped')).toEqual(['lifecycle'])
      expect(stepOf(limited, 'lifecycle').seen).toContain('s3:GetLifecycleConfiguration')
      expect(await listAll(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
    })
  },
)
