// The page keeps to a strict Content-Security-Policy whatever is done on it, holds no secret, and shows its own source.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DemoPage } from '../../browser/demo-page.js'
import { type DemoInBrowser, openDemoInBrowser } from '../../support/demo-in-browser.js'

let under: DemoInBrowser
beforeAll(async () => {
  under = await openDemoInBrowser()
})
afterAll(() => under?.close())

test('the policy lets in the page’s own files and nothing else', async () => {
  const reply = await fetch(under.demo.address)
  const policy = reply.headers.get('content-security-policy') ?? ''
  const sources = new Map(
    policy.split('; ').map((directive): [string, string[]] => {
      const [name = '', ...values] = directive.split(' ')
      return [name, values]
    }),
  )
  expect(sources.get('default-src')).toEqual(["'none'"])
  for (const name of ['script-src', 'style-src', 'worker-src']) expect(sources.get(name)).toEqual(["'self'"])
  for (const name of ['base-uri', 'form-action', 'frame-ancestors'])
    expect(sources.get(name)).toEqual(["'none'"])
  expect(policy).not.toMatch(/unsafe|\*|https:(\s|;|$)/)
  expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
})

test('no violation and no console error through upload, pause, library, webcam and race', async () => {
  const context = await under.browser.newContext()
  const violations: string[] = []
  await context.exposeFunction('reportViolation', (what: string) => violations.push(what))
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    reportViolation(event.violatedDirective + ' ' + event.blockedURI))`)
  const demo = await DemoPage.openIn(context, under.demo.address)
  // It is seen here that violations are heard of at all.
  await demo.page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<i style="color: red"></i>'))
  await expect.poll(() => violations).toEqual(['style-src-attr inline'])
  expect(demo.errors.splice(0)).toHaveLength(1)
  violations.length = 0

  const picture = join(under.files.path, 'drop.png')
  await demo.page.locator('#drop').screenshot({ path: picture })
  const large = await under.files.create('large.txt', 30 * 1024 ** 2)
  await demo.uploadUntilStored(large, 1)
  await demo.pause()
  await demo.resume()
  await demo.letGo()
  await demo.untilComplete()
  await demo.page.reload()
  await demo.upload([{ name: 'drop.png', path: picture, size: 0, sha256: '' }])
  await demo.untilComplete()
  await demo.page.locator('#stored img').waitFor()
  await demo.page.reload()
  await demo.page.getByRole('tab', { name: 'Camera' }).click()
  await demo.page.locator('.uppy-Webcam-container, .uppy-Webcam-permissons').first().waitFor()
  await demo.page.getByRole('button', { name: 'Start the race' }).click()
  await demo.page.getByText(/Both copies are in the Library/).waitFor()
  expect(violations).toEqual([])
  expect(demo.errors).toEqual([])
  await demo.close()
})

test('the code that the page shows is the file that it is made of, and the link leads to it', async () => {
  const demo = await DemoPage.open(under.browser, under.demo.address)
  for (const [id, path] of [
    ['#page-source', 'site/uploader.ts'],
    ['#server-source', 'uploads.ts'],
  ] as const) {
    const source = await readFile(join(import.meta.dirname, '../../../demo', path), 'utf8')
    await expect.poll(() => demo.page.locator(`${id} code`).textContent()).toBe(source)
    const href = await demo.page.locator(`${id} a`).getAttribute('href')
    const reply = await fetch(new URL(href ?? '', under.demo.address))
    expect(reply.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await reply.text()).toBe(source)
  }
  await demo.close()
})

test('no file of the page holds a secret of the server', async () => {
  const demo = await DemoPage.open(under.browser, under.demo.address)
  const { secretAccessKey } = (under.s3.limited ?? under.s3).credentials
  const urls = await demo.page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => name),
  )
  const own = urls.filter((url) => url.startsWith(under.demo.address) && !url.endsWith('/live'))
  expect(own.length).toBeGreaterThan(3)
  for (const url of [under.demo.address, ...own]) {
    expect(await (await demo.context.request.get(url)).text(), url).not.toContain(secretAccessKey)
  }
  await demo.close()
})
