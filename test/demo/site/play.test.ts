// Play: breaks an upload by itself and brings it to its end, says what happens, and leaves nothing broken.
import type { Page } from 'playwright-core'
import { describe, expect, inject, test } from 'vitest'
import { DemoPage } from '../../browser/demo-page.js'
import { sha256OfTestFile, useBreakIt } from './break-it-fixture.js'

/** The sentences of a play that nobody stops, in their order. */
const SENTENCES = [
  /^The page uploads a file of 192 MiB in 24 parts/,
  /^The network is off. S3 keeps the \d+ parts/,
  /^The network is back/,
  /^The server is killed/,
  /^The server is back/,
  /^Now the page reloads in mid-upload. S3 has \d+ of the 24 parts/,
  /^The page is back/,
  /^All parts are on S3/,
  /^Done/,
]

describe.skipIf(inject('ceph'))('Play (not on Ceph: needs the embedded store)', () => {
  const on = useBreakIt()
  const line = (page = on.demo.page) => page.locator('#break-it-status')
  const untilSaid = (text: string | RegExp, page?: Page) => line(page).getByText(text).waitFor()
  const topOfLine = () => line().evaluate((element) => element.getBoundingClientRect().top)
  const focused = () => on.demo.page.evaluate(() => document.activeElement?.id)

  /** Opens the page again, and gives what a screen reader hears and what moves on it, in all its loads. */
  async function listen(width: number): Promise<{ said: string[]; told: string[]; shifts: number[] }> {
    const { page } = on.demo
    const said: string[] = []
    const told: string[] = []
    const shifts: number[] = []
    // No smooth scrolling, which would go on while places are compared.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 844 })
    await page.exposeFunction('hear', (text: string) => said.push(text))
    await page.exposeFunction('hearInformer', (text: string) => told.push(text))
    await page.exposeFunction('see', (share: number) => shifts.push(share))
    await page.addInitScript(reportToTest)
    await page.reload()
    await page.locator('#play').waitFor()
    return { said, told, shifts }
  }

  test('by keyboard alone, it goes through all steps to the end, says each once, and what S3 has is the file', async () => {
    const { page } = on.demo
    const { said, told, shifts } = await listen(390)
    const sent = on.demo.watchSentParts()
    await page.getByRole('button', { name: 'Play', exact: true }).focus()
    await line().evaluate((element) => element.scrollIntoView({ block: 'center' }))
    const top = await topOfLine()
    shifts.length = 0
    await page.keyboard.press('Enter')
    await untilSaid(/^The network is off/)
    expect(await page.getByLabel('S3 is down').isChecked()).toBe(true)
    expect(await page.getByLabel('Server is down').isChecked()).toBe(true)
    await untilSaid(/^The network is back/)
    await untilSaid(/^The server is killed/)
    const loaded = page.waitForEvent('load')
    await untilSaid(/^Now the page reloads/)
    const before = new Set(await on.broken.doneParts())
    sent.length = 0
    await loaded

    await untilSaid(/^The page is back/)
    expect(await focused()).toBe('play')
    expect(await page.locator('.steps [aria-current]').textContent()).toBe('Reload')
    expect(Math.abs((await topOfLine()) - top)).toBeLessThan(5)
    await untilSaid(/^Done/)
    expect(before.size).toBeGreaterThan(6)
    expect(sent.filter((part) => before.has(part))).toEqual([])
    expect(await line().textContent()).toContain((await sha256OfTestFile()).slice(0, 8))
    await on.expectTestFile()
    expect(await page.locator('#broken').isHidden()).toBe(true)
    expect(await focused()).toBe('play')

    const heard = SENTENCES.map((sentence) => said.filter((text) => sentence.test(text)).length)
    expect(heard).toEqual(SENTENCES.map(() => 1))
    expect(said.filter((text) => told.includes(text))).toEqual([])
    expect(told).toContainEqual(expect.stringMatching(/^Resuming “test-file/))
    // As Chromium measures it: the share of the window that moved, times how far.
    expect(shifts.reduce((sum, share) => sum + share, 0)).toBeLessThan(0.02)
  })

  test.each([
    ['the network is off', /^The network is off/],
    ['the server is gone', /^The server is killed/],
  ])('Stop while %s: everything is mended, and the upload arrives', async (_, sentence) => {
    const { page } = on.demo
    await on.broken.press('Play')
    await untilSaid(sentence)
    await page.getByRole('button', { name: 'Stop' }).focus()
    await page.keyboard.press('Space')
    await untilSaid(/^Stopped\. Everything works again/)
    expect(await focused()).toBe('stop')
    await page.locator('#broken').waitFor({ state: 'hidden' })
    await on.demo.untilComplete()
    await on.expectTestFile()
    expect(await page.locator('.steps [aria-current]').count()).toBe(0)
  })

  test('Mend everything stops it, and hands the keyboard back', async () => {
    const { page } = on.demo
    await on.broken.press('Play')
    await untilSaid(/^The network is off/)
    await page.getByRole('button', { name: 'Mend everything' }).focus()
    await page.keyboard.press('Enter')
    await untilSaid(/^Stopped/)
    expect(await focused()).toBe('break-it-title')
    await on.demo.untilComplete()
    await on.expectTestFile()
  })

  test('whoever closes the page in mid-play leaves nothing broken', async () => {
    const other = await DemoPage.openIn(on.demo.context, on.under.address)
    await other.page.getByRole('button', { name: 'Play', exact: true }).click()
    await other.page
      .locator('#break-it-status')
      .getByText(/^The network is off/)
      .waitFor()
    await on.demo.page.locator('#broken').waitFor()
    await other.page.close({ runBeforeUnload: true })
    await on.demo.page.locator('#broken').waitFor({ state: 'hidden' })
  })

  test('whoever reloads the page while the network is off sees the upload arrive', async () => {
    await on.broken.press('Play')
    await untilSaid(/^The network is off/)
    await on.demo.page.reload()
    await untilSaid(/^The page is back/)
    await untilSaid(/^Done/)
    await on.expectTestFile()
  })

  test('an upload that is cancelled ends it with a sentence, and a second play starts anew', async () => {
    const { page } = on.demo
    await on.broken.press('Play')
    await untilSaid(/^The network is off/)
    await on.demo.cancel()
    await untilSaid('The upload was cancelled. The play has ended, and everything works again.')
    await page.locator('#broken').waitFor({ state: 'hidden' })
    await on.broken.press('Play')
    await on.broken.untilDone(1)
    await page.getByRole('button', { name: 'Stop' }).click()
    await on.demo.untilComplete()
    await on.expectTestFile()
  })
})

/** In the page. */
function reportToTest(): void {
  const { hear, hearInformer, see } = window as unknown as {
    hear(text: string): void
    hearInformer(text: string): void
    see(share: number): void
  }
  const report = (selector: string, to: (text: string) => void) => {
    let last: string | undefined
    return () => {
      const text = document.querySelector(selector)?.textContent?.trim().replace(/\s+/g, ' ')
      if (text && text !== last) to(text)
      last = text
    }
  }
  const looks = [
    report('#break-it-status', hear),
    report('#announcements', hear),
    report('.uppy-Informer', hearInformer),
  ]
  const observer = new MutationObserver(() => {
    for (const look of looks) look()
  })
  observer.observe(document, { childList: true, characterData: true, subtree: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) see((entry as PerformanceEntry & { value: number }).value)
  }).observe({ type: 'layout-shift', buffered: true })
}
