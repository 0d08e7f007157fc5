// Break it: every switch does what it says, a person sees it, and the upload ends as the file that it was.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { unfinishedUploads } from '../../support/bucket-contents.js'
import { type SourceFile, sha256OfObject } from '../../support/files.js'
import { DemoPage } from '../demo-page.js'
import { BreakItPage } from './break-it-page.js'
import { type EmbeddedDemo, openEmbeddedDemo } from './embedded-demo.js'

const PART_BYTES = 8 * 1024 ** 2
/** As many as are sent at the same time. */
const PARTS = 6

describe.skipIf(inject('ceph'))('Break it (not on Ceph: needs the embedded store)', () => {
  let under: EmbeddedDemo
  let demo: DemoPage
  let broken: BreakItPage

  beforeAll(async () => {
    under = await openEmbeddedDemo()
  })
  afterAll(() => under?.close())
  beforeEach(async () => {
    demo = await DemoPage.open(under.browser, under.address)
    broken = new BreakItPage(demo)
  })
  afterEach(async () => {
    if (await demo.page.locator('#broken').isVisible()) await broken.mend()
    await demo.close()
  })

  const createFile = (name: string, parts = PARTS) => under.files.create(`${name}.bin`, parts * PART_BYTES)

  async function begin(name: string, parts?: number): Promise<SourceFile> {
    const file = await createFile(name, parts)
    await demo.upload([file])
    return file
  }

  async function expectWhole(file: SourceFile): Promise<void> {
    await demo.untilComplete()
    await broken.untilDone(file.size / PART_BYTES)
    await expectObject(file)
  }

  /** Of this file alone, so that one test that fails is one. */
  async function expectObject(file: SourceFile): Promise<void> {
    const row = demo.page.locator('#stored li').filter({ hasText: file.name })
    const key = (await row.getAttribute('data-key')) ?? ''
    expect(await sha256OfObject(under.client, under.bucket, key)).toBe(file.sha256)
    const unfinished = await unfinishedUploads(under.client, under.bucket)
    expect(unfinished.map(({ Key }) => Key)).not.toContain(key)
  }

  test('bandwidth: at most so many bytes a second reach S3, and the page shows them', async () => {
    await broken.choose('Bandwidth', '8 MiB/s')
    const startedAt = performance.now()
    const file = await begin('bandwidth')
    await broken.untilCell('sending')
    await demo.page
      .locator('#throughput-peak')
      .getByText(/^at most \d/)
      .waitFor()
    await expectWhole(file)
    expect(file.size / ((performance.now() - startedAt) / 1000)).toBeLessThan(PART_BYTES)
    expect(await demo.page.locator('#throughput path').getAttribute('d')).toMatch(/L\d+ [\d.]+/)
  })

  test('latency: each request waits', async () => {
    await broken.choose('Latency', '1 s')
    const waits: number[] = []
    demo.page.on('requestfinished', (request) => {
      const { requestStart, responseStart } = request.timing()
      if (/\/uploads\/|partNumber/.test(request.url())) waits.push(responseStart - requestStart)
    })
    await expectWhole(await begin('latency'))
    expect(waits.length).toBeGreaterThan(PARTS)
    expect(Math.min(...waits)).toBeGreaterThan(900)
  })

  test('signing is seen where it takes time', async () => {
    await broken.choose('Latency', '1 s')
    const file = await createFile('signing', 15)
    await demo.upload([file])
    await broken.untilCell('signing')
    await broken.choose('Latency', 'none')
    await demo.untilComplete()
    await expectObject(file)
  })

  test('30 % failures: parts are sent again', async () => {
    await broken.turn('30 % failures', true)
    const file = await begin('failures')
    await broken.untilRepeated(1)
    await expectWhole(file)
  })

  test('S3 is down: nothing more arrives, what has arrived is safe, and it goes on when S3 is back', async () => {
    await broken.choose('Bandwidth', '8 MiB/s')
    const stored = demo.watchStoredParts()
    const file = await begin('S3 down', 2 * PARTS)
    await broken.untilDone(2)
    const told = demo.untilTold(/Next try in/)
    await broken.turn('S3 is down', true)
    await broken.untilCell('again')
    await broken.untilNone('sending')
    const done = await broken.cells('done')
    await told
    expect(await broken.cells('done')).toBe(done)
    await broken.mend()
    await expectWhole(file)
    expect(stored.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  test('server is down: no upload begins until it is back', async () => {
    await broken.turn('Server is down', true)
    const failed = demo.page.waitForEvent('requestfailed', (request) => request.url().endsWith('/create'))
    const file = await begin('server down')
    await failed
    expect(await demo.stored()).toEqual([])
    await broken.turn('Server is down', false)
    await expectWhole(file)
  })

  test('signatures expire: S3 refuses those signed too long ago, and the parts are signed again', async () => {
    await broken.choose('Bandwidth', '8 MiB/s')
    await broken.turn('Signatures expire', true)
    const refused = demo.page.waitForResponse(
      (response) => response.request().method() === 'PUT' && response.status() === 403,
    )
    const signed = demo.page.waitForResponse((response) => response.url().endsWith('/uploads/sign'))
    const file = await createFile('expired', 8)
    await demo.upload([file])
    expect(await (await refused).text()).toContain('Request has expired')
    await signed
    await demo.untilComplete()
    await expectObject(file)
  })

  test('kill the server: it is really gone, the page says so, and the upload goes on when it is back', async () => {
    await broken.choose('Bandwidth', '8 MiB/s')
    const file = await createFile('killed', 2 * PARTS)
    const status = demo.page.locator('#break-it-status')
    await demo.upload([file])
    await broken.untilDone(1)
    await broken.press('Kill the server')
    await status.getByText('The server is gone.').waitFor()
    await expect(fetch(under.address)).rejects.toThrow()
    await status.getByText('The server is there.').waitFor()
    await expectWhole(file)
  })

  test('reload now: the test file goes on by itself with what is missing', async () => {
    const stored = demo.watchStoredParts()
    await broken.press('Upload a test file')
    await broken.untilDone(4)
    const loaded = demo.page.waitForEvent('load')
    await broken.press('Reload now')
    await loaded
    await broken.choose('Bandwidth', '32 MiB/s')
    const before = new Set(stored)
    const sent = demo.watchSentParts()
    await demo.untilComplete()
    expect(before.size).toBeGreaterThanOrEqual(4)
    expect(sent.filter((part) => before.has(part))).toEqual([])
    const row = demo.page.locator('#stored li').first()
    const key = (await row.getAttribute('data-key')) ?? ''
    await row.getByRole('button', { name: /^SHA-256/ }).click()
    const sha256 = await sha256OfObject(under.client, under.bucket, key)
    await row.getByText(`SHA-256 ${sha256}`).waitFor()
    expect(sha256).toBe(await sha256OfTestFile())
  })

  /** As the page itself makes the file, once more. */
  async function sha256OfTestFile(): Promise<string> {
    const stored = demo.untilPartsStored(12)
    await broken.press('Upload a test file')
    await stored
    await demo.untilComplete()
    const key = await demo.page.locator('#stored li').first().getAttribute('data-key')
    return sha256OfObject(under.client, under.bucket, key ?? '')
  }

  test('all open tabs show what is broken, and any can mend it', async () => {
    const other = await DemoPage.openIn(demo.context, under.address)
    await broken.turn('S3 is down', true)
    await other.page.getByText('Broken on purpose.').waitFor()
    expect(await other.page.getByLabel('S3 is down').isChecked()).toBe(true)
    await new BreakItPage(other).mend()
    await demo.page.locator('#broken').waitFor({ state: 'hidden' })
    expect(await demo.page.getByLabel('S3 is down').isChecked()).toBe(false)
  })
})
