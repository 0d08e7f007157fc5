// What a page has to do with the snippet that it runs, by the snippet's context.
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { expect } from 'vitest'
import type { DemoPage } from '../../browser/demo-page.js'
import { objectKeys, unfinishedUploads } from '../../support/bucket-contents.js'
import { type FileFolder, sha256OfObject } from '../../support/files.js'
import type { S3UnderTest } from '../../support/s3-under-test.js'
import { pickFiles } from '../../support/shared-browser.js'

const MiB = 1024 ** 2

/** Where the page's uploads go, and what they are of. */
export interface PageWorld {
  s3: S3UnderTest
  bucket: string
  files: FileFolder
}

type Check = (page: DemoPage, world: PageWorld) => Promise<void>

/** What is dropped on the Dashboard is in the bucket. */
const uploads: Check = async (page, { s3, bucket, files }) => {
  const before = await objectKeys(s3.client, bucket)
  const file = await files.create('a file.bin', 6 * MiB)
  await page.upload([file])
  await page.untilComplete()
  const [key = ''] = (await objectKeys(s3.client, bucket)).filter((key) => !before.includes(key))
  expect(await sha256OfObject(s3.client, bucket, key)).toBe(file.sha256)
  expect(page.errors).toEqual([])
}

/** By the names of contexts. */
export const PAGE_CHECKS: Record<string, Check> = {
  'page/quick-start': uploads,
  'page/react': uploads,
  'page/uppy': uploads,

  'page/unfinished': async (page, { s3, bucket }) => {
    expect(await unfinishedUploads(s3.client, bucket)).toEqual([])
    const told = await page.page.consoleMessages()
    expect(told.map((message) => message.text())).toContainEqual(
      expect.stringMatching(/^film\.mp4: 10485760 of 12582912 bytes, since /),
    )
  },

  'page/handles': async (page, { s3, bucket }) => {
    const click = (name: string) => page.page.getByRole('button', { name, exact: true }).click()
    const isLate = (url: URL) => Number(url.searchParams.get('partNumber')) > 2
    await page.page.route(isLate, () => undefined)
    const stored = page.untilPartsStored(2)
    await click('Pick')
    await page.startUpload()
    await stored
    await page.page.reload()
    expect(await unfinishedUploads(s3.client, bucket)).toHaveLength(1)
    await page.page.unroute(isLate)
    await page.page.locator('body[data-ran]').waitFor()
    await click('Continue')
    await page.untilComplete()
    expect(await unfinishedUploads(s3.client, bucket)).toEqual([])
  },

  'page/elsewhere': async (page, { s3, bucket, files }) => {
    const file = await files.create('renamed.mp4', 12 * MiB)
    // What was begun has zeros only.
    const zeros = new Uint8Array(12 * MiB)
    await writeFile(file.path, zeros)
    const before = await objectKeys(s3.client, bucket)
    await pickFiles(page.page.locator('#pick'), [file])
    await page.untilComplete()
    const [key = ''] = (await objectKeys(s3.client, bucket)).filter((key) => !before.includes(key))
    expect(key).toMatch(/begun\.mp4$/)
    const sha256 = createHash('sha256').update(zeros).digest('hex')
    expect(await sha256OfObject(s3.client, bucket, key)).toBe(sha256)
  },

  'page/input': async ({ page, errors }, { s3, bucket, files }) => {
    const before = await objectKeys(s3.client, bucket)
    const file = await files.create('picked.bin', 6 * MiB)
    const told = page.waitForEvent('console', (message) => message.text().endsWith('picked.bin'))
    await pickFiles(page.locator('#pick'), [file])
    await told
    const [key = ''] = (await objectKeys(s3.client, bucket)).filter((key) => !before.includes(key))
    expect(await sha256OfObject(s3.client, bucket, key)).toBe(file.sha256)
    expect(errors).toEqual([])
  },

  'page/errors': async ({ page }) => {
    const asked: string[] = []
    page.on('dialog', (dialog) => {
      asked.push(dialog.type())
      void dialog.accept()
    })
    // Each file that fails goes there: not by `waitForURL`, which fails with a navigation that the next one takes over.
    const arrived = page.waitForEvent('framenavigated', (frame) => frame.url().endsWith('/login'))
    await page.getByRole('button', { name: 'Upload' }).click()
    await arrived
    expect(asked).toEqual([])
  },

  'page/temporary-credentials': async (page, { files }) => {
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'ETag',
      etag: '"1"',
    }
    const isS3 = (url: URL) => url.hostname === 's3.eu-west-1.amazonaws.com'
    await page.page.route(isS3, (route) => route.fulfill({ headers }))
    const sent = page.page.waitForRequest((request) => isS3(new URL(request.url())))
    await page.upload([await files.create('signed.txt', 5)])
    const request = await sent
    expect(new URL(request.url()).pathname).toMatch(/^\/media\/ada\/[0-9a-f-]{36}\/signed\.txt$/)
    expect(request.url() + request.headers().authorization).toContain('temporary-key')
    expect(page.errors).toEqual([])
  },
}
