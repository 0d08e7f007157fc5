// Ada, Linus and guests: each has own files and an own quota, and nobody gets at anybody else's.
import type { APIResponse } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { DemoPage } from '../../browser/demo-page.js'
import { expectOnlyMissing } from '../../browser/expect-stored.js'
import { objectKeys, storedParts, unfinishedUploads } from '../../support/bucket-contents.js'
import { type DemoInBrowser, openDemoInBrowser } from '../../support/demo-in-browser.js'
import { sha256OfObject } from '../../support/files.js'

const UPLOADS_PER_DAY = 3

let under: DemoInBrowser
let demo: DemoPage

beforeAll(async () => {
  under = await openDemoInBrowser(undefined, UPLOADS_PER_DAY)
})
afterAll(() => under?.close())
beforeEach(async () => {
  demo = await DemoPage.open(under.browser, under.demo.address)
  onTestFinished(() => demo.close())
})

async function signInAs(person: 'Ada' | 'Linus' | 'a guest', page = demo.page): Promise<void> {
  const loaded = page.waitForEvent('load')
  await page.getByLabel('Signed in as').selectOption(person)
  await loaded
  await page.locator('.uppy-Dashboard-AddFiles').waitFor()
}

/** Calls a route as whoever is signed in, as a page of the demo would unless `headers` say otherwise. */
function post(path: string, data: unknown, headers: Record<string, string> = {}): Promise<APIResponse> {
  const { origin } = new URL(under.demo.address)
  return demo.context.request.post(`${origin}${path}`, { data, headers: { origin, ...headers } })
}

const get = (path: string) => demo.context.request.get(`${under.demo.address}${path}`, { maxRedirects: 0 })

test('what is Ada’s, Linus neither sees nor gets nor deletes; Ada finds it again', async () => {
  await signInAs('Ada')
  const file = await under.files.create('ada.txt', 2000)
  await demo.upload([file])
  await demo.untilComplete()
  const key = (await demo.page.locator('#stored li').first().getAttribute('data-key')) ?? ''
  expect(key).toMatch(/^ada\//)
  const asked = `?key=${encodeURIComponent(key)}`
  expect((await get(`/library/download${asked}`)).status()).toBe(302)

  await signInAs('Linus')
  await demo.page.getByText('Nothing yet.').waitFor()
  expect(await demo.stored()).toEqual([])
  for (const route of ['download', 'preview', 'sha256']) {
    expect((await get(`/library/${route}${asked}`)).status(), route).toBe(404)
  }
  expect((await post('/library/delete', { key })).status()).toBe(404)
  expect(await objectKeys(under.client, under.bucket)).toContain(key)

  await signInAs('Ada')
  await demo.page.locator('#stored').getByText('ada.txt', { exact: true }).waitFor()
  expect((await post('/library/delete', { key })).status()).toBe(204)
  expect(await objectKeys(under.client, under.bucket)).not.toContain(key)
})

test('the meter counts each person’s uploads, and the page takes no file that is over the quota', async () => {
  const quota = demo.page.locator('#quota output')
  await quota.getByText('0 of 3 uploads today').waitFor()
  const files = []
  for (let i = 1; i <= UPLOADS_PER_DAY; i++) files.push(await under.files.create(`quota ${i}.txt`, 100 + i))
  await demo.upload(files)
  await quota.getByText('3 of 3 uploads today').waitFor()
  await demo.untilComplete()
  await demo.page.reload()
  await quota.getByText('3 of 3 uploads today').waitFor()
  const more = await under.files.create('one too many.txt', 10)
  await demo.pick([more])
  await demo.untilTold('Not all files were added: your quota has room for 0 more.')
  expect(await demo.page.locator('.uppy-Dashboard-Item').count()).toBe(0)
  const refused = await post('/uploads/create', { files: [{ name: 'a.txt', type: 'text/plain', size: 1 }] })
  expect(await refused.json()).toMatchObject({ uploads: [{ code: 'quota_exceeded' }] })
  expect(await demo.stored()).toHaveLength(UPLOADS_PER_DAY)

  await signInAs('Linus')
  await quota.getByText('0 of 3 uploads today').waitFor()
  await signInAs('a guest')
  await quota.getByText('3 of 3 uploads today').waitFor()
})

test('the meter says what the server counts: a form that was given up goes on counting', async () => {
  const quota = demo.page.locator('#quota output')
  const create = await post('/uploads/create', { files: [{ name: 'a.txt', type: 'text/plain', size: 1 }] })
  const { uploads } = await create.json()
  await post('/uploads/abort', { tickets: uploads.map(({ ticket }: { ticket: string }) => ticket) })
  await quota.getByText('1 of 3 uploads today').waitFor()
  await demo.page.reload()
  await quota.getByText('1 of 3 uploads today').waitFor()
})

test('who signs in as somebody else while an upload is under way is asked first', async () => {
  await demo.limitUploadSpeed(1024 ** 2)
  await demo.add([await under.files.create('under way.bin', 12 * 1024 ** 2)])
  await demo.startUpload()
  await demo.page.locator('.uppy-StatusBar.is-uploading').waitFor()
  const select = demo.page.getByLabel('Signed in as')
  const asked = demo.page.waitForEvent('dialog')
  const selected = select.selectOption('Ada')
  const dialog = await asked
  expect(dialog.message()).toContain('An upload is in progress.')
  await dialog.dismiss()
  await selected
  expect(await select.inputValue()).toBe('guest')
  expect((await (await get('/session')).json()).person).toBe('guest')
})

test('a guest’s upload waits for the guest: whoever signs in in another tab does not go on with it', async () => {
  const file = await under.files.create('guest.txt', 30 * 1024 ** 2)
  await demo.uploadUntilStored(file, 2)
  const sent = demo.watchSentParts()
  await demo.pause()
  const other = await DemoPage.openIn(demo.context, under.demo.address)
  await signInAs('Ada', other.page)
  sent.length = 0
  await demo.resume()
  await demo.untilFailed()
  expect(await demo.errorDetails()).toContain(
    '“guest.txt” was started by somebody else in this browser. Sign in as that person to continue it.',
  )
  expect(sent).toEqual([])
  expect(await other.page.locator('#unfinished').isVisible()).toBe(false)
  expect(await other.stored()).toEqual([])

  await signInAs('a guest', other.page)
  await other.page.getByRole('heading', { name: '1 unfinished upload', exact: true }).waitFor()
  const uploads = await unfinishedUploads(under.client, under.bucket)
  const upload = uploads.find(({ Key }) => Key?.endsWith('guest.txt'))
  if (!upload?.Key) throw new Error('S3 has nothing of the guest’s upload')
  const kept = await storedParts(under.client, under.bucket, upload)
  await demo.letGo()
  await demo.retry()
  await demo.untilComplete()
  expectOnlyMissing(sent, kept)
  expect(await sha256OfObject(under.client, under.bucket, upload.Key)).toBe(file.sha256)
  await other.page.locator('#unfinished').waitFor({ state: 'hidden' })
})

test('a guest’s cookies cannot be read by scripts nor be sent by other sites, and a forged one is nobody’s', async () => {
  const cookies = await demo.context.cookies()
  expect(cookies.map(({ name }) => name).sort()).toEqual(['guest', 'guest.sig', 'visitor', 'visitor.sig'])
  for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
  const visitor = cookies.find(({ name }) => name === 'visitor')
  if (visitor) await demo.context.addCookies([{ ...visitor, value: 'ada' }])
  expect((await get('/library')).status()).toBe(401)
  expect((await get('/live')).status()).toBe(401)
})

test('what changes something is taken from the demo’s own page only', async () => {
  const foreign = { origin: 'https://evil.example' }
  for (const path of ['/session', '/library/delete']) {
    expect((await post(path, { as: 'ada' }, foreign)).status(), path).toBe(403)
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect((await post(path, { as: 'ada' }, headers)).status(), path).toBe(403)
  }
  expect((await (await get('/session')).json()).person).toBe('guest')
})

test.each([
  ['/session', { as: 'eve' }],
  ['/session', { as: 'ada', more: true }],
  ['/session', { as: ['ada'] }],
  ['/session', []],
  ['/library/delete', {}],
  ['/library/delete', { key: 7 }],
  ['/library/delete', { key: '../ada/x' }],
  ['/library/delete', { key: `ada/${'a'.repeat(2000)}` }],
])('%s refuses %j', async (path, body) => {
  expect((await post(path, body)).status()).toBe(400)
})

test.each(['', '?key=', '?key=ada', '?key=a&key=b', '?key=..%2f..%2fetc%2fpasswd', '?key=ada%2f%2fx'])(
  '/library/download refuses %j',
  async (query) => {
    expect((await get(`/library/download${query}`)).status()).toBe(400)
  },
)

test('a body that is not JSON, or too long, is refused', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  expect((await post('/session', 'as=ada', form)).status()).toBe(415)
  expect((await post('/session', { as: 'a'.repeat(5000) })).status()).toBe(413)
})
