// Uppy’s events and results of uploads that nobody interferes with, from either plugin.
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { LARGE, PLUGINS, useEitherPage } from './either-page.js'

const page = useEitherPage()

describe.each(PLUGINS)('%s', (plugin) => {
  test('a small and a large file: the events, the results and the state of the files', async () => {
    await page.open({ plugin })
    const outcome = await page.evaluate(async (size) => {
      const { uppy, add } = window.harness
      const ids = [add('small.txt', 1234), add('large.txt', size)]
      const result = await uppy.upload()
      const files = ids.map((id) => {
        const { progress, response, uploadURL, isPaused, error } = uppy.getFile(id)
        return { progress, response, uploadURL, isPaused, error }
      })
      return { result: result?.successful?.map(({ name }) => name), files, state: uppy.getState() }
    }, LARGE)
    const [upload, start, ...rest] = await page.events()
    expect([upload, start]).toEqual(['upload small.txt,large.txt', 'upload-start small.txt,large.txt'])
    expect(rest.slice(0, 2).sort()).toEqual(['upload-success large.txt', 'upload-success small.txt'])
    expect(rest.slice(2)).toEqual(['complete small.txt,large.txt| string'])
    expect(outcome.result).toEqual(['small.txt', 'large.txt'])
    for (const [index, size] of [1234, LARGE].entries()) {
      const { progress, response, uploadURL, ...file } = outcome.files[index] ?? {}
      expect(file).toEqual({ isPaused: false })
      expect(progress).toEqual({
        uploadStarted: expect.any(Number),
        uploadComplete: true,
        complete: true,
        percentage: 100,
        bytesUploaded: size,
        bytesTotal: size,
      })
      expect(response).toMatchObject({ status: 200, uploadURL })
      expect(response?.body).toMatchObject({ location: uploadURL, key: expect.stringMatching(/^ada\//) })
      expect(uploadURL).toMatch(/^http/)
    }
    expect(outcome.state).toMatchObject({ currentUploads: {}, error: null })
    expect(outcome.state.capabilities).toMatchObject({ resumableUploads: true, individualCancellation: true })
  })

  test('progress grows from file to its end', async () => {
    await page.open({ plugin })
    await page.demo.limitUploadSpeed(LARGE)
    const { reports, totals } = await page.evaluate(async (size) => {
      const { uppy, add, progress } = window.harness
      const totals: number[] = []
      uppy.on('progress', (percent) => totals.push(percent))
      add('large.txt', size)
      await uppy.upload()
      return { reports: progress, totals }
    }, LARGE)
    const bytes = reports.map(({ bytesUploaded }) => Number(bytesUploaded))
    expect(bytes.length).toBeGreaterThan(3)
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b))
    expect(bytes.at(-1)).toBe(LARGE)
    for (const { bytesTotal, uploadStarted } of reports) {
      expect(bytesTotal).toBe(LARGE)
      expect(uploadStarted).toEqual(expect.any(Number))
    }
    expect(totals).toEqual(totals.toSorted((a, b) => a - b))
    // Uppy itself tells it late.
    await page.demo.page.waitForFunction(() => window.harness.uppy.getState().totalProgress === 100)
  })

  test('a file that is added while another one is uploaded, by itself with autoProceed', async () => {
    await page.open({ plugin, uppyOptions: { autoProceed: true } })
    await page.demo.limitUploadSpeed(LARGE / 4)
    await page.evaluate(async (size) => {
      const { add, until, untilUnderWay } = window.harness
      const underWay = untilUnderWay()
      add('large.txt', size)
      await underWay
      const done = until('complete', ({ successful }) => successful?.[0]?.name === 'small.txt')
      add('small.txt', 1)
      await done
    }, LARGE)
    await page.demo.limitUploadSpeed(-1)
    await page.demo.page.waitForFunction(() => window.harness.events.includes('complete large.txt| string'))
    expect(await page.events()).toEqual([
      'upload large.txt',
      'upload-start large.txt',
      'upload small.txt',
      'upload-start small.txt',
      'upload-success small.txt',
      'complete small.txt| string',
      'upload-success large.txt',
      'complete large.txt| string',
    ])
  })

  test('processors run before and after, and the file waits for them', async () => {
    await page.open({ plugin })
    const states = await page.evaluate(async () => {
      const { uppy, events, add } = window.harness
      const states: unknown[] = []
      uppy.addPreProcessor(async (ids) => {
        events.push(`before ${ids.length}`)
      })
      uppy.addPostProcessor(async (ids) => {
        events.push(`after ${ids.length}`)
        states.push(uppy.getFile(ids[0] ?? '').progress.postprocess)
      })
      const id = add('small.txt', 1)
      await uppy.upload()
      states.push(uppy.getFile(id).progress.complete)
      return states
    })
    expect(await page.events()).toEqual([
      'upload small.txt',
      'before 1',
      'upload-start small.txt',
      'upload-success small.txt',
      'after 1',
      'complete small.txt| string',
    ])
    expect(states).toEqual([{ mode: 'indeterminate' }, true])
  })

  test('an upload of nothing', async () => {
    await page.open({ plugin })
    await page.evaluate(() => window.harness.uppy.upload())
    expect(await page.events()).toEqual(['upload ', 'complete | string'])
  })

  test('a file that is done is not uploaded again', async () => {
    await page.open({ plugin })
    await page.evaluate(async () => {
      const { uppy, add } = window.harness
      add('first.txt', 1)
      await uppy.upload()
      window.harness.events.length = 0
      add('second.txt', 1)
      await uppy.upload()
    })
    expect(await page.events()).toEqual([
      'upload second.txt',
      'upload-start second.txt',
      'upload-success second.txt',
      'complete second.txt| string',
    ])
  })

  test('after removePlugin nothing can be paused', async () => {
    await page.open({ plugin })
    const resumable = await page.evaluate(() => {
      const { uppy } = window.harness
      const plugin = uppy.getPlugin('Partway') ?? uppy.getPlugin('AwsS3')
      if (plugin) uppy.removePlugin(plugin)
      return uppy.getState().capabilities.resumableUploads
    })
    expect(resumable).toBe(false)
  })

  test.each([
    [true, { name: 'meta.txt', album: 'of Uppy', caption: 'of the file' }],
    [['caption'], { caption: 'of the file' }],
    [false, {}],
  ])('meta fields with allowedMetaFields %j', async (allowedMetaFields, expected) => {
    const uppyOptions = { meta: { album: 'of Uppy', caption: 'of Uppy' } }
    await page.open({ plugin, uppyOptions, pluginOptions: { allowedMetaFields } })
    const keys = await page.evaluate(async (size) => {
      const { uppy, add } = window.harness
      const ids = [
        add('meta.txt', size, { caption: 'of the file' }),
        add('meta.txt', 1, { caption: 'of the file' }),
      ]
      await uppy.upload()
      return ids.map((id) => String(uppy.getFile(id).response?.body?.key))
    }, LARGE)
    for (const key of keys) {
      const head = new HeadObjectCommand({ Bucket: page.host.bucket, Key: key })
      const { Metadata: { 'partway-id': _, type: __, ...metadata } = {} } =
        await page.host.s3.client.send(head)
      expect(metadata).toEqual(expected)
    }
  })
})
