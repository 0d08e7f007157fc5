// What a user does with an upload, the same in Chromium, Firefox and WebKit. What is sent is counted in front of S3.
import { open, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { partway } from '@partway/koa'
import Koa from 'koa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pack } from '../../packages/pack.js'
import { createProject, type Project, uppy5 } from '../../packages/project.js'
import { type Served, serve, testOptions } from '../../server/serve.js'
import { objectKeys, partsOfOnlyUpload, unfinishedUploads } from '../../support/bucket-contents.js'
import { type BuiltPage, buildPage } from '../../support/build-page.js'
import { chromium } from '../../support/engines/chromium.js'
import type { EngineBrowser, Profile } from '../../support/engines/engine.js'
import { firefox } from '../../support/engines/firefox.js'
import { webkit } from '../../support/engines/webkit.js'
import {
  delay,
  type FaultProxy,
  halfOpen,
  type SeenRequest,
  startFaultProxy,
} from '../../support/fault-proxy/index.js'
import {
  createFileFolder,
  type FileFolder,
  type SourceFile,
  sha256OfFile,
  sha256OfObject,
} from '../../support/files.js'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { connectBrowser } from '../../support/shared-browser.js'
import { countSentParts, isPart, partNumberOf, type SentParts } from '../count-sent-parts.js'
import { otherParts } from '../expect-stored.js'
import { type EngineColumn, writeSupportTable } from './support-table.js'
import { UploaderPage } from './uploader-page.js'

const MiB = 1024 ** 2
const PAGE = join(import.meta.dirname, '../core-path-page')
const PARTS = 8
const partSize = 5 * MiB
const SIZE = PARTS * partSize
/** Those that get through at first. */
const EARLY = [1, 2, 3]

const shared = chromium(connectBrowser)
const engines = [
  { ...shared, uppy: 6 },
  { ...shared, name: 'Chromium, Uppy 5', uppy: 5 },
  { ...firefox, uppy: 6 },
  { ...webkit, uppy: 6 },
].map((engine) => ({
  ...engine,
  title: engine.missing ? `${engine.name} (SKIPPED: ${engine.missing})` : engine.name,
}))
// The names of skipped tests are not printed.
for (const { missing, title } of engines) if (missing) console.warn(title)

const columns: EngineColumn[] = []
afterAll(async () => {
  if (process.env.SUPPORT_TABLE) await writeSupportTable(columns)
})

describe.each(engines)('$title', (engine) => {
  const column: EngineColumn = { name: engine.name, missing: engine.missing, results: new Map() }
  columns.push(column)

  describe.skipIf(engine.missing)('', () => {
    let s3: S3UnderTest
    let line: FaultProxy
    let bucket: string
    let project: Project | undefined
    let site: BuiltPage
    let host: Served
    let way: FaultProxy
    let files: FileFolder
    let browser: EngineBrowser
    let profile: Profile
    let page: UploaderPage

    beforeAll(async () => {
      s3 = await openS3()
      line = await startFaultProxy({ target: s3.endpoint })
      files = await createFileFolder()
      if (engine.uppy === 5)
        project = await createProject(PAGE, [await pack('plugin', files.path)], Object.keys(uppy5), uppy5)
      site = await buildPage(project?.folder ?? PAGE)
      browser = await engine.launch()
      column.version = browser.version
    })
    afterAll(async () => {
      await browser?.close()
      await line?.close()
      await s3?.close()
      await project?.remove()
      await files?.remove()
    })
    beforeEach(async () => {
      line.clear()
      letGo = () => {}
      bucket = await createBucket(s3.client)
      const app = new Koa()
      app.use(partway(testOptions(s3, bucket, { endpoint: line.origin, owner: () => 'ada', partSize })))
      app.use(async (ctx, next) => {
        if (ctx.path === '/elsewhere') {
          ctx.body = `<!doctype html><title>Another page</title><script>fetch('/arrived')</script>`
        } else if (ctx.path === '/arrived') ctx.status = 204
        else if (ctx.path === '/download') {
          ctx.attachment('download.bin')
          ctx.body = Buffer.alloc(MiB)
        } else await next()
      })
      app.use(site.serve)
      host = await serve(app.callback())
      way = await startFaultProxy({ target: host.origin })
      profile = await browser.newProfile()
      page = await UploaderPage.open(profile, way.origin)
    })
    afterEach(async ({ task }) => {
      column.results.set(task.name, task.result?.state === 'fail' ? 'failed' : 'passed')
      await profile?.close()
      await way?.close()
      await host?.close()
    })

    let letGo: () => void

    /**
     * Uploads until S3 has the early parts and others are on their way.
     *
     * @param others `stop` in the middle, for pages that are left; `wait` until they are let go, for pages that go on.
     */
    async function uploadSome(file: SourceFile, others: 'stop' | 'wait'): Promise<void> {
      const match = (request: SeenRequest) => isPart(request) && !EARLY.includes(partNumberOf(request))
      const released = new Promise<void>((resolve) => {
        letGo = resolve
      })
      line.add({ match, action: others === 'stop' ? halfOpen(MiB) : delay(() => released) })
      await page.upload(file)
      await expect.poll(storedParts).toEqual(EARLY)
      await expect.poll(() => line.requests.some((request) => match(request))).toBe(true)
    }

    /** WebKit's driver may never answer what it is asked while a page goes, so that the pages say when they are there. */
    async function untilAsked(...paths: string[]): Promise<void> {
      await expect.poll(() => way.requests.some(({ path }) => paths.includes(path))).toBe(true)
    }

    async function storedParts(): Promise<number[]> {
      return (await unfinishedUploads(s3.client, bucket)).length === 1
        ? await partsOfOnlyUpload(s3.client, bucket)
        : []
    }

    /** From now on everything gets through, and what is sent is counted. */
    function countSent(): SentParts {
      line.clear()
      letGo()
      return countSentParts(line)
    }

    /** None of the parts that S3 had is sent again, and the object is the file. */
    async function expectRest(sent: SentParts, file: SourceFile): Promise<void> {
      expect(sent.parts().toSorted((a, b) => a - b)).toEqual(otherParts(PARTS, EARLY))
      expect(sent.bytes()).toBe(SIZE - EARLY.length * partSize)
      expect(sent.withoutMd5()).toEqual([])
      await expectStored(file)
    }

    async function expectStored(file: SourceFile, oneOf = [file.sha256]): Promise<void> {
      const [key = '', ...others] = await objectKeys(s3.client, bucket)
      expect(others).toEqual([])
      expect(oneOf).toContain(await sha256OfObject(s3.client, bucket, key))
      expect(await unfinishedUploads(s3.client, bucket)).toEqual([])
    }

    test('a small file goes in one form', async () => {
      const file = await files.create('small.txt', 1234)
      line.forgetRequests()
      await page.upload(file)
      await page.untilComplete()
      expect(line.requests.map(({ method }) => method)).toContain('POST')
      await expectStored(file)
    })

    test('a name in other letters, and a large file in parts', async () => {
      const file = await files.create('Über 映画 🎬.bin', SIZE)
      const sent = countSent()
      await page.upload(file)
      await page.untilComplete()
      expect(sent.bytes()).toBe(SIZE)
      await expectStored(file)
    })

    test('pause, and resume in the same page', async () => {
      const file = await files.create('pause.bin', SIZE)
      await uploadSome(file, 'stop')
      await page.pause()
      const sent = countSent()
      expect(await storedParts()).toEqual(EARLY)
      expect(sent.parts()).toEqual([])
      await page.resume()
      await page.untilComplete()
      await expectRest(sent, file)
    })

    test('reload, and add the file again', async () => {
      const file = await files.create('reload.bin', SIZE)
      await uploadSome(file, 'stop')
      await page.reload()
      const sent = countSent()
      await page.upload(file)
      await page.untilTold('Resuming “reload.bin” at')
      await page.untilComplete()
      await expectRest(sent, file)
    })

    test('close the tab, and add the file in another', async () => {
      const file = await files.create('close.bin', SIZE)
      await uploadSome(file, 'stop')
      const closed = page
      page = await UploaderPage.open(profile, way.origin)
      await closed.tab.close()
      const sent = countSent()
      await page.upload(file)
      await page.untilComplete()
      await expectRest(sent, file)
    })

    test('cancel leaves neither a part nor an object on S3', async () => {
      await uploadSome(await files.create('cancel.bin', SIZE), 'stop')
      await page.cancel()
      await page.untilCancelled()
      await expect.poll(() => unfinishedUploads(s3.client, bucket)).toEqual([])
      expect(await objectKeys(s3.client, bucket)).toEqual([])
    })

    test('two tabs with one file make one object, and both succeed', async () => {
      const file = await files.create('tabs.bin', SIZE)
      await uploadSome(file, 'wait')
      const other = await UploaderPage.open(profile, way.origin)
      await other.upload(file)
      await other.untilTold('another tab')
      const sent = countSent()
      await Promise.all([page.untilComplete(), other.untilComplete()])
      expect(sent.parts().filter((part) => EARLY.includes(part))).toEqual([])
      await expectStored(file)
    })

    test('the network is gone for a while', async () => {
      const file = await files.create('network.bin', SIZE)
      await uploadSome(file, 'wait')
      await Promise.all([line.refuse(), way.refuse()])
      await page.untilTold('Next try in')
      const sent = countSent()
      await Promise.all([line.accept(), way.accept()])
      await page.untilComplete()
      expect(sent.parts().filter((part) => EARLY.includes(part))).toEqual([])
      await expectStored(file)
    })

    test('a download link during an upload', async () => {
      const file = await files.create('download.bin', SIZE)
      await uploadSome(file, 'wait')
      const sent = countSent()
      await page.tab.click('#download')
      await page.untilComplete()
      expect(sent.parts().filter((part) => EARLY.includes(part))).toEqual([])
      await expectStored(file)
    })

    test('leave the page, and come back', async () => {
      const file = await files.create('back.bin', SIZE)
      await uploadSome(file, 'stop')
      const sent = countSent()
      await page.tab.evaluate(() => addEventListener('pageshow', () => void fetch('/arrived')))
      await page.tab.click('#leave')
      await untilAsked('/arrived')
      way.forgetRequests()
      await page.tab.back()
      // Of the page that was kept, or of one that is loaded again.
      await untilAsked('/arrived', '/uploads/config')
      // Whether the browser has kept the page as it was is up to the browser.
      if (await page.hasFile()) await page.untilComplete()
      else {
        await page.upload(file)
        await page.untilComplete()
      }
      expect(sent.parts().filter((part) => EARLY.includes(part))).toEqual([])
      await expectStored(file)
    })

    test('a file that is edited during its upload: its old bytes, its new bytes, or an error', async () => {
      // Most of it is not read yet when it is edited.
      const file = await files.create('edited.bin', 20 * partSize)
      // WebKit compares dates to the second.
      await utimes(file.path, 1_700_000_000, 1_700_000_000)
      await uploadSome(file, 'wait')
      const edited = await open(file.path, 'r+')
      for (const position of [0, file.size - 1]) await edited.write(Buffer.from([1]), 0, 1, position)
      await edited.close()
      countSent()
      if ((await page.untilEnded()) === 'complete') {
        await expectStored(file, [file.sha256, await sha256OfFile(file.path)])
      } else expect(await objectKeys(s3.client, bucket)).toEqual([])
    })
  })
})
