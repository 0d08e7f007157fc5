// The docs' site, built as `npm run docs` builds it: axe finds nothing serious, and its search, colours and diagrams work.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { send } from '@koa/send'
import { buildSite, readPages } from '@partway/docs'
import type { AxeResults } from 'axe-core'
import Koa from 'koa'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Served, serve } from '../server/serve.js'
import { connectBrowser } from '../support/shared-browser.js'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const READ = ['index.html', 'get-started.html', 'reference/server-options.html']

let folder: string
let host: Served
let browser: Browser
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partway-docs-'))
  await buildSite(await readPages(), folder)
  const app = new Koa()
  // Not at the root: a project's page has a folder of its own.
  app.use(async (ctx) => {
    const { docs } = /^\/partway\/(?<docs>.*)$/.exec(ctx.path)?.groups ?? {}
    if (docs) await send(ctx, docs, { root: folder })
  })
  host = await serve(app.callback())
  browser = await connectBrowser()
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Fails also with what the page says of errors. */
async function onPage(
  address: string,
  look: BrowserContextOptions,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(look)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  page.on('response', (response) => {
    if (!response.ok()) errors.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(`${host.origin}/partway/${address}`)
  await use(page)
  await context.close()
  expect(errors).toEqual([])
}

/** Each as `rule: element`. */
async function findSeriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axePath, 'utf8'))
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

describe.each([
  ['light', 1280],
  ['light', 390],
  ['dark', 1280],
  ['dark', 390],
] as const)('%s, %i pixels wide', (colorScheme, width) => {
  const look = { colorScheme, viewport: { width, height: 900 } }

  test.each(READ)('%s', async (address) => {
    await onPage(address, look, async (page) => {
      expect(await findSeriousFaults(page)).toEqual([])
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await page.evaluate(overflow)).toBe(0)
    })
  })

  test('the search', async () => {
    await onPage('index.html', look, async (page) => {
      await page.getByRole('button', { name: 'Search' }).click()
      await page.keyboard.type('quota')
      const best = page.getByRole('dialog').getByRole('link').first()
      await expect.poll(() => best.getAttribute('href')).toBe('quotas.html')
      expect(await findSeriousFaults(page)).toEqual([])
    })
  })
})

test('the keyboard alone: skips to the text, searches, and opens what is found', async () => {
  await onPage('reference/errors.html', {}, async (page) => {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
    await page.keyboard.press('/')
    await page.keyboard.type('benchmarks')
    await page
      .getByRole('dialog')
      .getByRole('link', { name: /^Benchmarks/ })
      .first()
      .waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/partway/benchmarks.html*')
  })
})

test('a phone has the menu behind a button', async () => {
  await onPage('get-started.html', { viewport: { width: 390, height: 900 } }, async (page) => {
    const menu = page.getByRole('navigation', { name: 'Pages' })
    expect(await menu.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Menu' }).click()
    await menu.getByRole('link', { name: 'Benchmarks' }).click()
    await page.getByRole('heading', { level: 1, name: 'Benchmarks' }).waitFor()
  })
})

test('colours that are chosen stay', async () => {
  await onPage('index.html', { colorScheme: 'light' }, async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    const button = page.getByRole('button', { name: 'Colours' })
    await button.click()
    expect(await ground()).toBe(light)
    await button.click()
    const dark = await ground()
    expect(dark).not.toBe(light)
    await page.reload()
    expect(await ground()).toBe(dark)
  })
})

test('diagrams are drawn, and drawn anew in other colours', async () => {
  await onPage('how-it-works.html', {}, async (page) => {
    const drawing = page.locator('div.diagram').first()
    await drawing.locator('svg').waitFor()
    await expect.poll(() => page.locator('pre.diagram').count()).toBe(0)
    const before = await drawing.innerHTML()
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(() => drawing.innerHTML()).not.toBe(before)
  })
})

test('its links lead to pages, sections and files of it, or to another host', async () => {
  const names = await readdir(folder, { recursive: true })
  const isPage = (name: string) => name.endsWith('.html')
  const read = async (name: string) => [name, await readFile(join(folder, name), 'utf8')] as const
  const pages = new Map(await Promise.all(names.filter(isPage).map(read)))
  function isDead(link: string, from: string): boolean {
    if (/^https?:/.test(link)) return false
    const [target = '', anchor] = link.split('#')
    const name = target ? posix.join(posix.dirname(from), target) : from
    return !names.includes(name) || (anchor !== undefined && !pages.get(name)?.includes(` id="${anchor}"`))
  }
  const dead = [...pages].flatMap(([from, html]) => {
    const links = [...html.matchAll(/ (?:href|src)="([^"]+)"/g)].map(([, link = '']) => link)
    return links.filter((link) => isDead(link, from)).map((link) => `${from}: ${link}`)
  })
  expect(dead).toEqual([])
  // What is not in docs/ is read where the sources are.
  expect(pages.get('reference/routes.html')).toMatch(
    /href="https:[^"]+\/blob\/main\/docs\/reference\/routes\.md"/,
  )
  expect(pages.get('get-started.html')).toMatch(/href="https:[^"]+\/(?:blob|tree)\/main\/(?!docs\/)/)
})
