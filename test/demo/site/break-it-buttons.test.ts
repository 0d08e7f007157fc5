// Break it: what its buttons do, and that all open tabs agree.
import { describe, expect, inject, test } from 'vitest'
import { DemoPage } from '../../browser/demo-page.js'
import { PARTS, useBreakIt } from './break-it-fixture.js'
import { BreakItPage } from './break-it-page.js'

describe.skipIf(inject('ceph'))('Break it (not on Ceph: needs the embedded store)', () => {
  const on = useBreakIt()

  test('kill the server: it is really gone, the page says so, and the upload goes on when it is back', async () => {
    await on.broken.choose('Bandwidth', '8 MiB/s')
    const file = await on.createFile('killed', 2 * PARTS)
    const status = on.demo.page.locator('#break-it-status')
    await on.demo.upload([file])
    await on.broken.untilDone(1)
    await on.broken.press('Kill the server')
    await status.getByText('The server is gone.').waitFor()
    await expect(fetch(on.under.address)).rejects.toThrow()
    await status.getByText('The server is back.').waitFor()
    await on.expectWhole(file)
    await on.demo.page.reload()
    await on.demo.page.locator('#quota output').getByText(/^1 of/).waitFor()
  })

  test('reload now: the test file goes on by itself with what is missing', async () => {
    const stored = on.demo.watchStoredParts()
    await on.broken.press('Upload a test file')
    await on.broken.untilDone(4)
    const loaded = on.demo.page.waitForEvent('load')
    await on.broken.press('Reload now')
    await loaded
    const sent = on.demo.watchSentParts()
    const before = new Set(stored)
    await on.broken.choose('Bandwidth', '32 MiB/s')
    await on.demo.untilComplete()
    expect(before.size).toBeGreaterThanOrEqual(4)
    expect(sent.filter((part) => before.has(part))).toEqual([])
    await on.expectTestFile(on.demo)
  })

  test('the test file can be uploaded again and again, in a private window, too', async () => {
    await on.broken.choose('Bandwidth', '32 MiB/s')
    for (let time = 1; time <= 3; time++) {
      const stored = on.demo.untilPartsStored(24)
      await on.broken.press('Upload a test file')
      await stored
      await on.demo.untilComplete()
      await on.expectTestFile(on.demo)
    }
  })

  test('the test file is slowed down, however soon it is asked for', async () => {
    const { context } = on.demo
    let tell = () => {}
    const told = new Promise<void>((resolve) => {
      tell = resolve
    })
    await context.route('**/live', async (route) => {
      await told
      await route.continue()
    })
    const other = await DemoPage.openIn(context, on.under.address)
    const asked: string[] = []
    other.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const broken = new BreakItPage(other)
    const created = other.page.waitForResponse('**/uploads/create')
    await broken.press('Upload a test file')
    tell()
    await created
    await broken.choose('Bandwidth', '32 MiB/s')
    await other.untilComplete()
    const calls = asked.filter((path) => ['/break-it', '/uploads/create'].includes(path))
    expect(calls).toEqual(['/break-it', '/uploads/create', '/break-it'])
    await on.expectTestFile(other)
  })

  test('on a phone, the way to mend it is in front of the Dashboard', async () => {
    const { page } = on.demo
    await page.setViewportSize({ width: 390, height: 700 })
    await on.broken.choose('Bandwidth', '8 MiB/s')
    await on.broken.press('Upload a test file')
    const mend = page.getByRole('button', { name: 'Mend everything' })
    await page.locator('.uppy-StatusBar').evaluate((bar) => {
      scrollBy(0, bar.getBoundingClientRect().bottom - innerHeight)
    })
    const isInFront = await mend.evaluate((button) => {
      const { x, y, width, height } = button.getBoundingClientRect()
      return button.contains(document.elementFromPoint(x + width / 2, y + height / 2))
    })
    expect(isInFront).toBe(true)
    await on.demo.untilComplete()
    await on.expectTestFile(on.demo)
  })

  test('all open tabs show what is broken, and any can mend it', async () => {
    const other = await DemoPage.openIn(on.demo.context, on.under.address)
    await on.broken.turn('S3 is down', true)
    await other.page.getByText('Broken on purpose.').waitFor()
    expect(await other.page.getByLabel('S3 is down').isChecked()).toBe(true)
    await new BreakItPage(other).mend()
    await on.demo.page.locator('#broken').waitFor({ state: 'hidden' })
    expect(await on.demo.page.getByLabel('S3 is down').isChecked()).toBe(false)
  })
})
