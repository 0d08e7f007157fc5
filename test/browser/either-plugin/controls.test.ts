// Pause, resume, remove, cancel and retry, of one file and of all, with either plugin.
import { describe, expect, test } from 'vitest'
import { objectKeys, unfinishedUploads } from '../../support/bucket-contents.js'
import { LARGE, PLUGINS, useEitherPage } from './either-page.js'

const page = useEitherPage()

describe.each(PLUGINS)('%s', (plugin) => {
  test.each([1234, LARGE])('a file of %d bytes that the server refuses, then retryUpload', async (size) => {
    await page.open({ plugin })
    const relent = await page.refuse()
    const failed = await page.evaluate(async (size) => {
      const { uppy, add } = window.harness
      const id = add('refused.txt', size)
      await uppy.upload()
      const { error, progress } = uppy.getFile(id)
      return { error, progress, state: uppy.getState().error }
    }, size)
    expect(await page.events()).toEqual([
      'upload refused.txt',
      'upload-start refused.txt',
      // Uppy's own.
      'error',
      'upload-error refused.txt string',
      'complete |refused.txt string',
    ])
    expect(failed.error).toEqual(expect.any(String))
    expect(failed.state).toContain(failed.error)
    expect(failed.progress.uploadComplete).toBe(false)
    await relent()
    const retried = await page.evaluate(async () => {
      const { uppy, events } = window.harness
      events.length = 0
      const [file] = uppy.getFiles()
      const result = await uppy.retryUpload(file?.id ?? '')
      return { result: result?.successful?.length, error: uppy.getFiles()[0]?.error }
    })
    expect(retried).toEqual({ result: 1, error: null })
    // Uppy has no `complete` for it.
    expect(await page.events()).toEqual([
      'upload-retry refused.txt',
      'upload refused.txt',
      'upload-start refused.txt',
      'upload-success refused.txt',
    ])
  })

  test('retryAll, with a file that is done', async () => {
    await page.open({ plugin })
    await page.evaluate(async () => {
      window.harness.add('done.txt', 1)
      await window.harness.uppy.upload()
    })
    const relent = await page.refuse()
    await page.evaluate(async (size) => {
      const { uppy, add } = window.harness
      add('small.txt', 1)
      add('large.txt', size)
      await uppy.upload()
    }, LARGE)
    await relent()
    const retried = await page.evaluate(async () => {
      const { uppy, events } = window.harness
      events.length = 0
      const result = await uppy.retryAll()
      return result?.successful?.map(({ name }) => name)
    })
    expect(retried).toEqual(['small.txt', 'large.txt'])
    const [retry, upload, start, ...rest] = await page.events()
    expect([retry, upload, start]).toEqual([
      'retry-all small.txt,large.txt',
      'upload small.txt,large.txt',
      'upload-start small.txt,large.txt',
    ])
    expect(rest.toSorted()).toEqual([
      'complete small.txt,large.txt| string',
      'upload-success large.txt',
      'upload-success small.txt',
    ])
  })

  test('one file is paused and resumed', async () => {
    await page.openUnderWay(plugin)
    const paused = await page.evaluate(() => {
      const { uppy } = window.harness
      const [file] = uppy.getFiles()
      return [uppy.pauseResume(file?.id ?? ''), uppy.getFiles()[0]?.isPaused]
    })
    expect(paused).toEqual([true, true])
    const resumed = await page.evaluate(() => {
      const { uppy } = window.harness
      return uppy.pauseResume(uppy.getFiles()[0]?.id ?? '')
    })
    expect(resumed).toBe(false)
    await page.untilComplete()
    expect(await page.events()).toEqual([
      'upload large.txt',
      'upload-start large.txt',
      'upload-pause large.txt true',
      'upload-pause large.txt false',
      'upload-success large.txt',
      'complete large.txt| string',
    ])
  })

  test('all files are paused and resumed', async () => {
    await page.openUnderWay(plugin)
    await page.evaluate(() => window.harness.uppy.pauseAll())
    await page.evaluate(() => window.harness.uppy.resumeAll())
    await page.untilComplete()
    expect(await page.events()).toEqual([
      'upload large.txt',
      'upload-start large.txt',
      'pause-all',
      'resume-all',
      'upload-success large.txt',
      'complete large.txt| string',
    ])
  })

  test.each([
    ['removed', ['file-removed large.txt']],
    ['cancelled with all', ['cancel-all', 'file-removed large.txt']],
  ])('a file that is %s: no error, no result, nothing on S3', async (how, own) => {
    const before = await objectKeys(page.host.s3.client, page.host.bucket)
    await page.openUnderWay(plugin)
    const aborted = page.demo.page.waitForResponse((response) =>
      /abort$|s3\/multipart\/[^/]+$/.test(new URL(response.url()).pathname),
    )
    await page.evaluate((how) => {
      const { uppy } = window.harness
      if (how === 'removed') uppy.removeFile(uppy.getFiles()[0]?.id ?? '')
      else uppy.cancelAll()
    }, how)
    await page.untilComplete()
    expect((await aborted).status()).toBe(200)
    expect(await page.events()).toEqual([
      'upload large.txt',
      'upload-start large.txt',
      ...own,
      'complete | string',
    ])
    const state = await page.evaluate(() => window.harness.uppy.getState())
    expect(state).toMatchObject({ files: {}, currentUploads: {}, error: null, allowNewUpload: true })
    expect(await unfinishedUploads(page.host.s3.client, page.host.bucket)).toEqual([])
    expect(await objectKeys(page.host.s3.client, page.host.bucket)).toEqual(before)
  })
})
