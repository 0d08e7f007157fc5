// After a reload, the page lists what is unfinished, and each can be continued or discarded.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { DemoPage } from '../../browser/demo-page.js'
import { expectOnlyMissing, expectStored } from '../../browser/expect-stored.js'
import { partsOfOnlyUpload, storedParts, unfinishedUploads } from '../../support/bucket-contents.js'
import { type DemoInBrowser, openDemoInBrowser } from '../../support/demo-in-browser.js'
import type { SourceFile } from '../../support/files.js'

const MiB = 1024 ** 2

let under: DemoInBrowser
let demo: DemoPage

beforeAll(async () => {
  under = await openDemoInBrowser()
})
afterAll(() => under?.close())
beforeEach(async () => {
  demo = await DemoPage.open(under.browser, under.demo.address)
})
afterEach(() => demo?.close())

const section = () => demo.page.locator('#unfinished')
const rowOf = ({ name }: SourceFile) =>
  section()
    .getByRole('listitem')
    .filter({ has: demo.page.getByText(name, { exact: true }) })

test('nothing is said where nothing is unfinished', async () => {
  await demo.page.getByText('Nothing yet.').waitFor()
  expect(await section().isVisible()).toBe(false)
})

test('two are listed with percent and age; one is continued, and one discarded', async () => {
  const [kept, discarded] = [
    await under.files.create('to continue.txt', 30 * MiB),
    await under.files.create('to discard.txt', 60 * MiB),
  ]
  await demo.holdAfter(1)
  await demo.add([kept, discarded])
  // Whichever is begun first may have all slots for a while.
  const stored = Promise.all([kept, discarded].map(({ name }) => demo.untilPartsStored(1, name)))
  await demo.startUpload()
  await stored
  await demo.page.reload()

  await section().getByRole('heading', { name: '2 unfinished uploads' }).waitFor()
  await rowOf(kept)
    .getByText(/^[1-9]\d? % of 30 MiB · begun .*(second|minute)s? ago$/)
    .waitFor()
  await rowOf(discarded)
    .getByText(/^\d+ % of 60 MiB · begun /)
    .waitFor()
  await rowOf(discarded)
    .getByRole('button', { name: /^Discard/ })
    .click()
  await section().getByRole('heading', { name: '1 unfinished upload', exact: true }).waitFor()
  const uploads = await unfinishedUploads(under.client, under.bucket)
  expect(uploads.map(({ Key }) => Key?.split('/').at(-1))).toEqual(['to-continue.txt'])

  const there = await partsOfOnlyUpload(under.client, under.bucket)
  await demo.letGo()
  const sent = demo.watchSentParts()
  const [chooser] = await Promise.all([
    demo.page.waitForEvent('filechooser'),
    rowOf(kept)
      .getByRole('button', { name: /^Continue/ })
      .click(),
  ])
  await chooser.setFiles(kept.path)
  await demo.untilComplete()
  expectOnlyMissing(sent, there)
  await section().waitFor({ state: 'hidden' })
  await expectStored(demo, kept, under)
  expect(demo.errors).toEqual([])
})

test('another file than the one that was begun is refused with a sentence, and nothing is lost', async () => {
  const file = await under.files.create('right.txt', 30 * MiB)
  await demo.uploadUntilStored(file, 2)
  await demo.page.reload()
  const [chooser] = await Promise.all([
    demo.page.waitForEvent('filechooser'),
    rowOf(file)
      .getByRole('button', { name: /^Continue/ })
      .click(),
  ])
  await chooser.setFiles((await under.files.create('wrong.txt', 1000)).path)
  await section()
    .getByRole('status')
    .getByText(/wrong\.txt/)
    .waitFor()
  const [upload] = await unfinishedUploads(under.client, under.bucket)
  expect(upload && (await storedParts(under.client, under.bucket, upload)).length).toBeGreaterThan(1)
  await rowOf(file)
    .getByRole('button', { name: /^Discard/ })
    .click()
  await section().waitFor({ state: 'hidden' })
  expect(await unfinishedUploads(under.client, under.bucket)).toEqual([])
})

test('one that runs in another tab says so, and is discarded from here; whoever has the keyboard keeps it', async () => {
  const [one, two] = [
    await under.files.create('runs here.txt', 30 * MiB),
    await under.files.create('waits.txt', 30 * MiB),
  ]
  await demo.uploadUntilStored(two, 1)
  await demo.page.reload()
  const other = await DemoPage.openIn(demo.context, under.demo.address)
  await other.uploadUntilStored(one, 2)
  await rowOf(one)
    .getByText(/^30 MiB · begun .* · uploading in another tab$/)
    .waitFor()
  await rowOf(two)
    .getByText(/^\d+ % of 30 MiB · begun /)
    .waitFor()
  const discard = rowOf(one).getByRole('button', { name: 'Discard runs here.txt' })
  await discard.focus()
  await demo.page.keyboard.press('Enter')
  await section().getByRole('heading', { name: '1 unfinished upload', exact: true }).waitFor()
  expect(await demo.page.evaluate(() => document.activeElement?.ariaLabel)).toBe('Discard waits.txt')
  await other.page.locator('.uppy-Dashboard-AddFiles').waitFor()
  expect(
    (await unfinishedUploads(under.client, under.bucket)).map(({ Key }) => Key?.split('/').at(-1)),
  ).toEqual(['waits.txt'])
  await demo.page.keyboard.press('Enter')
  await section().waitFor({ state: 'hidden' })
  expect([...demo.errors, ...other.errors]).toEqual([])
})

test('a thousand files that are cancelled at once cost few questions for what is unfinished', async () => {
  let asked = 0
  demo.page.on('request', (request) => {
    if (request.url().endsWith('/uploads/unfinished')) asked++
  })
  const names = Array.from({ length: 1000 }, (_, n) => `${n}.txt`)
  await demo.page
    .locator('input.uppy-Dashboard-input:not([webkitdirectory])')
    .first()
    .setInputFiles(names.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) })))
  await demo.page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await demo.page.locator('.uppy-Dashboard-AddFiles').waitFor()
  // The last of what was asked is answered by then: one question at a time.
  await demo.page.waitForLoadState('networkidle')
  expect(asked).toBeLessThan(6)
})
