// What the tests of Break it have in common: an embedded demo that is whole again after each, its page, and its uploads.
import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { getTestFile } from '../../../demo/site/unfinished/test-file.js'
import { DemoPage } from '../../browser/demo-page.js'
import { unfinishedUploads } from '../../support/bucket-contents.js'
import { type SourceFile, sha256OfObject } from '../../support/files.js'
import { BreakItPage } from './break-it-page.js'
import { type EmbeddedDemo, openEmbeddedDemo } from './embedded-demo.js'

export const PART_BYTES = 8 * 1024 ** 2
/** As many as are sent at the same time. */
export const PARTS = 6

export async function sha256OfTestFile(): Promise<string> {
  const bytes = new Uint8Array(await getTestFile().arrayBuffer())
  return createHash('sha256').update(bytes).digest('hex')
}

export class BreakItFixture {
  under!: EmbeddedDemo
  demo!: DemoPage
  broken!: BreakItPage

  createFile(name: string, parts = PARTS): Promise<SourceFile> {
    return this.under.files.create(`${name}.bin`, parts * PART_BYTES)
  }

  /** Starts an upload. */
  async begin(name: string, parts?: number): Promise<SourceFile> {
    const file = await this.createFile(name, parts)
    await this.demo.upload([file])
    return file
  }

  /** Waits for the upload's end, and compares the object with the file. */
  async expectWhole(file: SourceFile): Promise<void> {
    await this.demo.untilComplete()
    await this.broken.untilDone(file.size / PART_BYTES)
    const row = this.demo.page.locator('#stored li').filter({ hasText: file.name })
    const key = (await row.getAttribute('data-key')) ?? ''
    const { client, bucket } = this.under
    expect(await sha256OfObject(client, bucket, key)).toBe(file.sha256)
    // Of this file alone, so that one test that fails is one.
    expect((await unfinishedUploads(client, bucket)).map(({ Key }) => Key)).not.toContain(key)
  }

  /** The newest object is the test file. */
  async expectTestFile({ page } = this.demo): Promise<void> {
    const key = (await page.locator('#stored li').first().getAttribute('data-key')) ?? ''
    expect(await sha256OfObject(this.under.client, this.under.bucket, key)).toBe(await sha256OfTestFile())
  }
}

/** Call it in a `describe`. Its fields are set in each test. */
export function useBreakIt(): BreakItFixture {
  const fixture = new BreakItFixture()
  beforeAll(async () => {
    fixture.under = await openEmbeddedDemo()
  })
  afterAll(() => fixture.under?.close())
  beforeEach(async () => {
    fixture.demo = await DemoPage.open(fixture.under.browser, fixture.under.address)
    fixture.broken = new BreakItPage(fixture.demo)
  })
  afterEach(async () => {
    if (await fixture.demo.page.locator('#broken').isVisible()) await fixture.broken.mend()
    await fixture.demo.close()
  })
  return fixture
}
