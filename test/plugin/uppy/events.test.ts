// Uppy's events, in Uppy's order, with Uppy's shapes.
import type { UppyEventMap } from '@uppy/core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type PartwayBody, PartwayError } from '../../../plugin/src/index.js'
import { errorReply, pass, setOnline } from '../world.js'
import { large, type Meta, usePage } from './uppy-page.js'

const page = usePage()
let emitted: [event: string, ...args: unknown[]][]

const EVENTS = [
  'upload',
  'upload-start',
  'upload-success',
  'upload-error',
  'upload-stalled',
  'upload-pause',
  'upload-retry',
  'pause-all',
  'resume-all',
  'retry-all',
  'cancel-all',
  'file-removed',
  'error',
  'complete',
] satisfies (keyof UppyEventMap<Meta, PartwayBody>)[]

beforeEach(() => {
  emitted = []
  for (const event of EVENTS) {
    // Uppy hands on six, whatever there are.
    page.uppy.on(event, (...args: unknown[]) =>
      emitted.push([event, ...args.filter((argument) => argument !== undefined)]),
    )
  }
})

const names = () => emitted.map(([event]) => event)
const argsOf = (event: string) => emitted.filter(([name]) => name === event).map(([, ...args]) => args)

describe('events', () => {
  it('of a success', async () => {
    const id = page.add('large', large)
    const done = page.uppy.upload()
    await pass(2000)
    const result = await done
    expect(names()).toEqual(['upload', 'upload-start', 'upload-success', 'complete'])
    expect(argsOf('upload-success')).toEqual([
      [
        expect.objectContaining({ id, name: 'large' }),
        {
          status: 200,
          uploadURL: 'https://s3.test/bucket/large',
          body: { location: 'https://s3.test/bucket/large', key: 'key of large', size: 26, etag: '"e"' },
        },
      ],
    ])
    expect(argsOf('complete')).toEqual([[result]])
    expect(result).toEqual({
      successful: [page.file(id)],
      failed: [],
      uploadID: argsOf('upload')[0]?.[0],
    })
  })

  it('of a failure beside a success', async () => {
    page.world.onTransfer = ({ url }) => (url.includes('ticket-1') ? { status: 400 } : undefined)
    const bad = page.add('bad', large)
    const good = page.add('good', large)
    const done = page.uppy.upload()
    await pass(2000)
    expect(names()).toEqual(['upload', 'upload-start', 'error', 'upload-error', 'upload-success', 'complete'])
    const [[file, error, response] = []] = argsOf('upload-error')
    expect(file).toMatchObject({ id: bad })
    expect(error).toBeInstanceOf(PartwayError)
    expect(response).toEqual({ status: 400 })
    expect(await done).toMatchObject({ successful: [{ id: good }], failed: [{ id: bad }] })
  })

  it('of nothing to upload', async () => {
    void page.uppy.upload()
    await pass(100)
    expect(names()).toEqual(['upload', 'complete'])
  })

  it('of a transfer that stalls', async () => {
    let stalls = 2
    page.world.onTransfer = () => (stalls-- > 0 ? 'hold' : undefined)
    const [small, big] = [page.add('small', 'abc'), page.add('large', large)]
    void page.uppy.upload()
    await pass(40_000)
    expect(names().filter((name) => name !== 'upload-stalled')).toEqual([
      'upload',
      'upload-start',
      'upload-success',
      'upload-success',
      'complete',
    ])
    const stalled = argsOf('upload-stalled') as [PartwayError, { id: string }[]][]
    expect(stalled.map(([, files]) => files.map(({ id }) => id))).toEqual([[small], [big]])
    for (const [error] of stalled) {
      expect(error).toMatchObject({ code: 'upload_stalled', isNetworkError: true })
      expect(error.message).toBe(
        'The connection to s3.test stopped moving data. The upload tries again by itself.',
      )
    }
  })

  it('of a file that Golden Retriever has brought back do not say again that it starts', async () => {
    const id = page.add('restored', large)
    const other = page.add('new', 'abc')
    const begun = page.file(id)
    page.uppy.setFileState(id, {
      isRestored: true,
      progress: { ...begun.progress, uploadStarted: 1, bytesUploaded: 5, uploadComplete: false },
    })
    page.uppy.setState({ currentUploads: { before: { fileIDs: [id, other], step: 0, result: {} } } })
    const done = page.uppy.restore('before')
    await pass(2000)
    expect(await done).toMatchObject({ successful: [{ id }, { id: other }], uploadID: 'before' })
    expect(argsOf('upload-start')).toMatchObject([[[{ id: other }]]])
    expect(names()).toEqual(['upload-start', 'upload-success', 'upload-success', 'complete'])
  })

  it('of a batch that is added while another one is under way', async () => {
    // Uppy's ids of uploads are random.
    vi.mocked(Math.random).mockRestore()
    page.world.onTransfer = ({ url }) => (url.includes('ticket-1/1?') ? 'hold' : undefined)
    page.add('first', large)
    const first = page.uppy.upload()
    await pass(300)
    page.add('second', large)
    const second = page.uppy.upload()
    await pass(2000)
    expect(await second).toMatchObject({ successful: [{ name: 'second' }] })
    page.world.onTransfer = () => undefined
    for (const request of page.world.active) request.respond(0)
    await pass(3000)
    expect(await first).toMatchObject({ successful: [{ name: 'first' }] })
    expect(names().filter((name) => name === 'complete')).toHaveLength(2)
  })

  it('say no progress while the file is paused', async () => {
    page.world.onTransfer = ({ partNumber }) => (partNumber === 1 ? undefined : 'hold')
    page.add('large', large)
    void page.uppy.upload()
    await pass(300)
    page.uppy.pauseAll()
    await pass(200)
    const reports: number[] = []
    page.uppy.on('upload-progress', (_, { bytesUploaded }) => reports.push(Number(bytesUploaded)))
    await pass(5000)
    expect(reports).toEqual([])
    page.world.onTransfer = () => undefined
    page.uppy.resumeAll()
    await pass(1000)
    expect(reports.at(-1)).toBe(26)
  })
})

describe('cancelling is no error', () => {
  const held = (route: string) => () => {
    page.world.onCall = async (call) => {
      if (call.route === route) await new Promise((resolve) => setTimeout(resolve, 10_000))
      return undefined
    }
  }
  const moments: [string, () => void][] = [
    ['before anything is sent', held('config')],
    ['during create', held('create')],
    ['during transfers', () => (page.world.onTransfer = () => 'hold')],
    ['during complete', held('complete')],
    ['while it waits for the next try', () => (page.world.onTransfer = () => ({ status: 503 }))],
    ['while the server is not there', () => (page.world.onCall = () => errorReply(503, 'busy', 'Busy.'))],
    ['without a network', () => setOnline(false)],
  ]
  const ways: [string, (ids: string[]) => void][] = [
    ['cancelAll', () => page.uppy.cancelAll()],
    ['removeFiles', (ids) => page.uppy.removeFiles(ids)],
    ['destroy', () => page.uppy.destroy()],
  ]
  const cases = moments.flatMap(([moment, arrange]) =>
    ways.map(([way, cancel]) => ({ moment, arrange, way, cancel })),
  )
  it.each(cases)(
    '$way $moment',
    async ({ arrange, cancel }) => {
      arrange()
      const ids = [page.add('small', 'abc'), page.add('large', large)]
      const done = page.uppy.upload()
      await pass(1500)
      cancel(ids)
      page.uppy.on('info-visible', () => emitted.push(['info-visible']))
      await pass(120_000)
      expect(await done).toMatchObject({ successful: [], failed: [] })
      expect(names()).not.toContain('error')
      expect(names()).not.toContain('upload-error')
      expect(names()).not.toContain('info-visible')
      expect(page.uppy.getState()).toMatchObject({ files: {}, error: null })
      expect(page.world.active).toEqual([])
    },
    20_000,
  )
})
