// A page that is closed when its files are on S3, and before it has said so: the server finishes what the page could not.
import type { UploadedObject } from '@partway/koa'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { journalKeys, objectKeys, unfinishedUploads } from '../support/bucket-contents.js'
import { sha256OfObject } from '../support/files.js'
import { DemoPage } from './demo-page.js'
import { type HostedPage, hostPage } from './host-page.js'

const MiB = 1024 ** 2
const MINUTE = 60_000

let host: HostedPage
/** What the host has heard of. */
let completed: (UploadedObject & { by: string })[]

beforeAll(async () => {
  const onComplete = (object: UploadedObject & { by: string }) => void completed.push(object)
  host = await hostPage('unfinished-page', { onComplete, finishEverySeconds: 0 })
})
afterAll(() => host?.close())
beforeEach(() => {
  completed = []
})

/** Opens a page whose server never hears that a file is there. */
async function openUnheard(): Promise<DemoPage> {
  const page = await DemoPage.open(host.browser, host.origin)
  await page.page.route('**/uploads/complete', () => {})
  return page
}

/** The store is in this process, so its clock moves, too. */
async function finishAfterQuietMinute() {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(Date.now() + MINUTE)
  try {
    return await host.uploads.finish()
  } finally {
    vi.useRealTimers()
  }
}

describe.skipIf(inject('ceph'))('with a clock that is moved (not on Ceph, which has its own)', () => {
  test('a large file that is all on S3 becomes an object, and the host hears of it, once', async () => {
    const file = await host.files.create('closed at 100 %.txt', 40 * MiB)
    const page = await openUnheard()
    await page.add([file])
    const said = page.page.waitForRequest('**/uploads/complete')
    await page.startUpload()
    await said
    await page.close()
    expect(completed).toEqual([])
    expect(await host.uploads.finish()).toMatchObject({ completed: 0, delivered: 0 })

    expect(await finishAfterQuietMinute()).toMatchObject({ looked: 1, completed: 1, delivered: 1 })
    expect(completed).toMatchObject([{ size: file.size, by: 'finisher', metadata: { name: file.name } }])
    const { client } = host.s3
    expect(await sha256OfObject(client, host.bucket, completed[0]?.key ?? '')).toBe(file.sha256)
    expect(await unfinishedUploads(client, host.bucket)).toEqual([])
    expect(await journalKeys(client, host.bucket)).toEqual([])
    expect(await finishAfterQuietMinute()).toMatchObject({ looked: 0, delivered: 0 })
    expect(completed).toHaveLength(1)
  })

  test('the host hears of each of 20 small files', async () => {
    const files = []
    for (let n = 1; n <= 20; n++) files.push(await host.files.create(`small ${n}.txt`, 1000 + n))
    const before = await objectKeys(host.s3.client, host.bucket)
    const page = await openUnheard()
    await page.add(files)
    let stored = 0
    const isForm = (url: string) => !url.startsWith(host.origin)
    const all = page.page.waitForEvent(
      'requestfinished',
      (request) => request.method() === 'POST' && isForm(request.url()) && ++stored === files.length,
    )
    await page.startUpload()
    await all
    await page.close()
    expect(completed).toEqual([])

    expect(await finishAfterQuietMinute()).toMatchObject({ delivered: files.length })
    const names = completed.map(({ metadata }) => metadata.name).sort()
    expect(names).toEqual(files.map(({ name }) => name).sort())
    for (const { key, metadata } of completed) {
      const file = files.find(({ name }) => name === metadata.name)
      expect(await sha256OfObject(host.s3.client, host.bucket, key)).toBe(file?.sha256)
    }
    expect(await objectKeys(host.s3.client, host.bucket)).toHaveLength(before.length + files.length)
    expect(await journalKeys(host.s3.client, host.bucket)).toEqual([])
  })
})
