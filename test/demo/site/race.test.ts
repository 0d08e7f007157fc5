// Race: both uploaders bring the same file to S3, and the page shows both on their way.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { DemoPage } from '../../browser/demo-page.js'
import { sha256OfObject } from '../../support/files.js'
import { pickFiles } from '../../support/shared-browser.js'
import { type EmbeddedDemo, openEmbeddedDemo } from './embedded-demo.js'

const MiB = 1024 ** 2

describe.skipIf(inject('ceph'))('Race (not on Ceph: its latency needs the embedded store)', () => {
  let under: EmbeddedDemo
  beforeAll(async () => {
    under = await openEmbeddedDemo()
  })
  afterAll(() => under?.close())

  test('both finish, what they stored is the file, and only the latency is over with the race', async () => {
    const demo = await DemoPage.open(under.browser, under.address)
    const file = await under.files.create('race.bin', 32 * MiB)
    const lane = (name: string) => demo.page.locator(`[data-racer=${name}]`)
    await pickFiles(demo.page.getByLabel('File'), [file])
    await demo.page.locator('#bandwidth').selectOption('8 MiB/s')
    await demo.page.locator('#race-latency').selectOption('200 ms')
    await demo.page.getByRole('button', { name: 'Start the race' }).click()
    for (const name of ['partway', 'aws-s3']) {
      await lane(name)
        .getByText(/^[1-9]\d? % · [\d.]+ s$/)
        .waitFor()
    }
    expect(await demo.page.locator('#latency').inputValue()).toBe('200')
    // Only what the race itself sets is undone when it ends.
    await demo.page.locator('#bandwidth').selectOption('32 MiB/s')
    for (const name of ['partway', 'aws-s3'])
      await lane(name)
        .getByText(/^Done in [\d.]+ s$/)
        .waitFor()
    await demo.page.getByText(/arrived first; .* took [\d.]+ times as long/).waitFor()
    await expect.poll(() => demo.page.locator('#latency').inputValue()).toBe('0')
    expect(await demo.page.locator('#bandwidth').inputValue()).toBe(String(32 * MiB))

    const rows = demo.page.locator('#stored li').filter({ hasText: 'race.bin' })
    await expect.poll(() => rows.count()).toBe(2)
    for (const row of await rows.all()) {
      const key = (await row.getAttribute('data-key')) ?? ''
      expect(await sha256OfObject(under.client, under.bucket, key)).toBe(file.sha256)
    }
    expect(demo.errors).toEqual([])
    await demo.close()
  })
})
