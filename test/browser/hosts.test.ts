// With several names of S3 the page uses all that answer, and loses nothing to one that does not.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { objectKeys, unfinishedUploads } from '../support/bucket-contents.js'
import { sha256OfObject } from '../support/files.js'
import { DemoPage } from './demo-page.js'
import { type HostedPage, hostPage } from './host-page.js'

/** Nobody listens there. */
const SILENT = '127.0.0.1:9'

let host: HostedPage
let names: string[]

beforeAll(async () => {
  host = await hostPage('remount-page', ({ endpoint }) => {
    const other = endpoint.replace('127.0.0.1', 'localhost')
    names = [endpoint, other].map((url) => new URL(url).host)
    return { partSize: 5 * 1024 ** 2, hosts: [`${other}/{bucket}`, `http://${SILENT}/{bucket}`] }
  })
})
afterAll(() => host?.close())

test.each([
  ['in parts', 60 * 1024 ** 2, 'PUT'],
  ['in one request', 1000, 'POST'],
])('a file that goes %s', async (_, size, method) => {
  const page = await DemoPage.open(host.browser, host.origin)
  const answered = new Set<string>()
  const silent: string[] = []
  let silentBefore: number | undefined
  page.page.on('requestfinished', (request) => {
    const { host: name, pathname } = new URL(request.url())
    if (request.method() === method && pathname.startsWith(`/${host.bucket}`)) {
      answered.add(name)
      silentBefore ??= silent.length
    }
  })
  page.page.on('requestfailed', (request) => silent.push(new URL(request.url()).host))
  const before = await objectKeys(host.s3.client, host.bucket)
  const file = await host.files.create(`${size}.txt`, size)
  await page.upload([file])
  await page.untilComplete()

  const [key = '', ...more] = (await objectKeys(host.s3.client, host.bucket)).filter(
    (found) => !before.includes(found),
  )
  expect(more).toEqual([])
  expect(await sha256OfObject(host.s3.client, host.bucket, key)).toBe(file.sha256)
  expect(await unfinishedUploads(host.s3.client, host.bucket)).toEqual([])
  if (method === 'PUT') expect([...answered].sort()).toEqual(names.toSorted())
  else expect(names).toContain([...answered][0])
  expect(new Set([...silent, SILENT])).toEqual(new Set([SILENT]))
  // Once another one has answered, each of its slots may find out what it was about to.
  expect(silent.length - (silentBefore ?? 0)).toBeLessThanOrEqual(6)
  await page.page.close()
})
