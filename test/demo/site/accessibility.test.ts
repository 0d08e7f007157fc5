// What axe-core finds on the page: nothing serious, light or dark, wide or narrow, in every state of it.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DemoPage } from '../../browser/demo-page.js'
import { type DemoInBrowser, openDemoInBrowser } from '../../support/demo-in-browser.js'
import { type EmbeddedDemo, openEmbeddedDemo } from './embedded-demo.js'

const MiB = 1024 ** 2
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
/** Each of both once: colours do not depend on the width. */
const looks = [
  ['light', 1280],
  ['dark', 390],
] as const

let real: DemoInBrowser
let embedded: EmbeddedDemo
beforeAll(async () => {
  real = await openDemoInBrowser()
  embedded = await openEmbeddedDemo()
})
afterAll(async () => {
  await real?.close()
  await embedded?.close()
})

/** Each as `rule: element`. */
async function findSeriousFaults({ page }: DemoPage): Promise<string[]> {
  // As the console would: the page's own policy lets nobody else's script in.
  await page.evaluate(await readFile(axePath, 'utf8'))
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

async function openAs(address: string, colorScheme: 'light' | 'dark', width: number): Promise<DemoPage> {
  const context = await real.browser.newContext({ colorScheme, viewport: { width, height: 900 } })
  return await DemoPage.openIn(context, address)
}

describe.each(looks)('%s, %i pixels wide', (scheme, width) => {
  test('with Break it: empty, uploading and broken, unfinished, and done', async () => {
    const demo = await openAs(embedded.address, scheme, width)
    expect(await findSeriousFaults(demo)).toEqual([])

    await demo.page.getByLabel('Bandwidth').selectOption('8 MiB/s')
    await demo.page.getByText('Broken on purpose.').waitFor()
    const file = await embedded.files.create(`axe ${scheme} ${width}.txt`, 100 * MiB)
    const stored = demo.untilPartsStored(1)
    await demo.upload([file])
    await stored
    // Slow enough for axe, which takes a while.
    await demo.page.getByLabel('Bandwidth').selectOption('2 MiB/s')
    expect(await findSeriousFaults(demo)).toEqual([])

    await demo.page.reload()
    await demo.page.getByRole('heading', { name: '1 unfinished upload' }).waitFor()
    expect(await findSeriousFaults(demo)).toEqual([])

    await demo.page.getByRole('button', { name: 'Mend everything' }).click()
    await demo.upload([file])
    await demo.untilComplete()
    await demo.page
      .locator('#stored')
      .getByText(/^CRC-64/)
      .waitFor()
    expect(await findSeriousFaults(demo)).toEqual([])
    await demo.close()
  })

  test('the play: the network is off, and done', async () => {
    const demo = await openAs(embedded.address, scheme, width)
    await demo.page.getByRole('button', { name: 'Play', exact: true }).click()
    for (const sentence of [/^The network is off/, /^Done/]) {
      await demo.page.locator('#break-it-status').getByText(sentence).waitFor()
      expect(await findSeriousFaults(demo)).toEqual([])
    }
    await demo.close()
  })

  test('with a real S3: the banners in place of what needs the embedded store', async () => {
    const demo = await openAs(real.demo.address, scheme, width)
    await demo.page.getByText('This demo runs on a real S3').waitFor()
    await demo.page.getByText('the latency of your real S3').waitFor()
    for (const name of ['Play', 'Stop', 'Kill the server']) {
      expect(await demo.page.getByRole('button', { name, exact: true }).isVisible(), name).toBe(false)
    }
    expect(await demo.page.getByLabel('S3 is down').isVisible()).toBe(false)
    expect(await findSeriousFaults(demo)).toEqual([])
    await demo.close()
  })
})

test('all of it is within the width of a phone', async () => {
  const demo = await openAs(embedded.address, 'light', 390)
  const overflow = await demo.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow).toBe(0)
  await demo.close()
})

test('the keyboard alone: from the skip link to the upload, and a switch', async () => {
  const demo = await openAs(embedded.address, 'light', 1280)
  const { page } = demo
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the upload')
  await page.keyboard.press('Enter')
  await page.waitForURL(({ hash }) => hash === '#upload')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.closest('#upload') !== null)).toBe(true)
  await page.getByLabel('30 % failures').focus()
  await page.keyboard.press('Space')
  await page.getByText('Broken on purpose.').waitFor()
  await page.getByRole('button', { name: 'Mend everything' }).focus()
  await page.keyboard.press('Enter')
  await page.locator('#broken').waitFor({ state: 'hidden' })
  await demo.close()
})
