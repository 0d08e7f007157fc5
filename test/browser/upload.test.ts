// Files of every size and name go through the demo's Dashboard into S3, byte for byte.
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { decodeMetadata } from '@partway/koa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { objectKeys, unfinishedUploads } from '../support/bucket-contents.js'
import { type DemoInBrowser, openDemoInBrowser } from '../support/demo-in-browser.js'
import { type SourceFile, sha256OfObject } from '../support/files.js'
import { DemoPage } from './demo-page.js'

const MiB = 1024 ** 2
const THRESHOLD = 8 * MiB

let under: DemoInBrowser

beforeAll(async () => {
  under = await openDemoInBrowser()
})
afterAll(() => under?.close())

test.each([
  ['0 B', 0],
  ['1 B', 1],
  ['10 KiB', 10 * 1024],
  ['5 MiB - 1', 5 * MiB - 1],
  ['5 MiB', 5 * MiB],
  ['the threshold - 1', THRESHOLD - 1],
  ['the threshold', THRESHOLD],
  ['the threshold + 1', THRESHOLD + 1],
])('a file of %s', async (label, size) => {
  await uploadAndCompare([await under.files.create(`${label}.txt`, size)])
})

test('a file of 60 MiB, each part with its preflight', async () => {
  const { preflights } = await uploadAndCompare(
    [await under.files.create('60 MiB.mp4', 60 * MiB)],
    'video/mp4',
  )
  // It is seen here that the harness can see preflights at all.
  expect(preflights).toHaveLength(6)
})

test('200 files of 10 KiB at once, the control calls batched and without a preflight each', async () => {
  const many: SourceFile[] = []
  for (let i = 0; i < 200; i++) many.push(await under.files.create(`many ${i}.txt`, 10 * 1024))
  const { requests, preflights } = await uploadAndCompare(many)
  const count = (pattern: RegExp) => requests.filter((request) => pattern.test(request)).length
  expect(count(/^POST .*\/uploads\/create$/)).toBeLessThanOrEqual(10)
  // How many there are depends on when the files arrive; one for each file would be no batches.
  expect(count(/^POST .*\/uploads\/complete$/)).toBeLessThan(200)
  expect(preflights).toEqual([])
})

test('names in Unicode with everything that could break a URL, a header or a form', async () => {
  await uploadAndCompare([
    await under.files.create('Grüße aus 東京 und Αθήνα.txt', 1000),
    await under.files.create('100% + 1 = #1 & more?.txt', 1001),
    await under.files.create(`it's "quoted" \\ back; semi=colon.txt`, 1002),
    await under.files.create('🎬 movie 👩‍👩‍👧 night.txt', 1003),
    await under.files.create('مرحبا.txt', 1004),
    await under.files.create(`${'ä'.repeat(125)}a.txt`, 1005),
    await under.files.create(`${'long '.repeat(50)}x.txt`, THRESHOLD + 5),
    await under.files.create('..%2f..%2fetc%2fpasswd.txt', 1006),
  ])
})

/** Uploads through the page, compares every object with its source, and gives what the browser requested. */
async function uploadAndCompare(sources: SourceFile[], type = 'text/plain') {
  const { client } = under
  const before = await objectKeys(client, under.bucket)
  const demo = await DemoPage.open(under.browser, under.demo.address)
  const requests: string[] = []
  demo.page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`))
  await demo.upload(sources)
  await demo.untilComplete()
  const stored = await demo.stored()
  expect(stored.map(({ name }) => name).sort()).toEqual(sources.map(({ name }) => name).sort())
  for (const { name, url } of stored) {
    const key = decodeURIComponent(new URL(url).pathname.slice(`/${under.bucket}/`.length))
    const source = sources.find((file) => file.name === name)
    expect(await sha256OfObject(client, under.bucket, key)).toBe(source?.sha256)
    const head = await client.send(new HeadObjectCommand({ Bucket: under.bucket, Key: key }))
    expect(head.ContentType).toBe(type)
    expect(head.ContentLength).toBe(source?.size)
    expect(decodeMetadata(head.Metadata ?? {}).name).toBe(name)
    expect(head.Metadata?.type).toBe(type)
  }
  expect(await objectKeys(client, under.bucket)).toHaveLength(before.length + sources.length)
  expect(await unfinishedUploads(client, under.bucket)).toEqual([])
  expect(demo.errors).toEqual([])
  await demo.close()
  return { requests, preflights: demo.preflights }
}
