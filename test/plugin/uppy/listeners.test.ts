// What a page does while it is being told of something, and what its listeners throw.

import type { UppyFile } from '@uppy/core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { PartwayBody } from '../../../plugin/src/index.js'
import { errorReply, pass } from '../world.js'
import { large, type Meta, usePage } from './uppy-page.js'

const page = usePage()
/** What `window.onerror` hears of. */
let reported: string[]

beforeEach(() => {
  reported = []
  vi.stubGlobal('reportError', (error: Error) => reported.push(error.message))
  // Uppy's ids of uploads are random.
  vi.mocked(Math.random).mockRestore()
})

const outcome = (results: ({ successful?: object[]; failed?: object[] } | undefined)[]) =>
  results.map((result) => [result?.successful?.length, result?.failed?.length])

describe('a retry inside `upload-error`', () => {
  const retries: [string, (id: string) => unknown][] = [
    ['retryAll', () => page.uppy.retryAll()],
    ['retryUpload', (id) => page.uppy.retryUpload(id)],
    ['upload', () => page.uppy.upload()],
    ['resumeAll', () => page.uppy.resumeAll()],
  ]
  const cases = retries.flatMap(([name, retry]) =>
    ['abc', large].map((content) => ({ name, retry, content })),
  )

  it.each(cases)('$name goes on with the file ($content)', async ({ retry, content }) => {
    let failures = 2
    page.world.onTransfer = () => (failures-- > 0 ? { status: 400 } : undefined)
    const results: Promise<unknown>[] = []
    page.uppy.on('upload-error', (file) => {
      results.push(Promise.resolve(retry(file?.id ?? '')))
    })
    const id = page.add('file', content)
    const first = page.uppy.upload()
    await pass(3000)
    expect(page.events.filter((event) => event !== 'start file')).toEqual(
      content === large ? ['error file', 'success file'] : ['error file', 'error file', 'success file'],
    )
    expect(page.world.content(page.world.upload())).toBe(content)
    expect(page.file(id)).toMatchObject({ error: null, progress: { uploadComplete: true } })
    expect(outcome([await first])).toEqual([[1, 0]])
    await Promise.all(results)
  })

  it('that fails, too, is reported as a failure, and a later retry works', async () => {
    page.world.onTransfer = () => ({ status: 400 })
    const retried: ReturnType<typeof page.uppy.retryAll>[] = []
    page.uppy.once('upload-error', () => retried.push(page.uppy.retryAll()))
    page.add('large', large)
    const first = page.uppy.upload()
    await pass(2000)
    expect(outcome([await first, await retried[0]])).toEqual([
      [0, 1],
      [0, 1],
    ])
    page.world.onTransfer = () => undefined
    const later = page.uppy.retryAll()
    await pass(2000)
    expect(outcome([await later])).toEqual([[1, 0]])
  })

  it('that comes with the last progress uploads nothing twice', async () => {
    page.world.onCall = ({ route }) => (route === 'config' ? errorReply(500, 'oops', 'Oops.') : undefined)
    page.world.transferMs = 400
    page.uppy.getPlugin('Partway')?.setOptions({ limit: 1 })
    const id = page.add('large', large)
    let retries = 0
    page.uppy.on('upload-progress', (_, { bytesUploaded, bytesTotal }) => {
      if (bytesUploaded !== bytesTotal) return
      retries++
      void page.uppy.retryUpload(id)
    })
    void page.uppy.upload()
    await pass(20_000)
    expect(retries).toBe(1)
    expect(page.events.filter((event) => event !== 'start large')).toEqual(['success large'])
    expect(page.world.uploads.size).toBe(1)
  })

  it('is no success of the first batch while a processor has the file', async () => {
    let slowly = 0
    page.uppy.addPreProcessor(() => new Promise((resolve) => setTimeout(resolve, slowly)))
    page.world.onTransfer = () => ({ status: 400 })
    page.uppy.once('upload-error', () => {
      slowly = 5000
      void page.uppy.retryAll()
    })
    page.add('large', large)
    const first = page.uppy.upload()
    await pass(10_000)
    expect(outcome([await first])).toEqual([[0, 1]])
  })
})

describe('a listener', () => {
  const events = [
    'upload-start',
    'upload-progress',
    'upload-success',
    'upload-error',
    'upload-stalled',
  ] as const
  type Event = (typeof events)[number]
  type File = UppyFile<Meta, PartwayBody>

  /** One file that succeeds and one that fails, after a stall. */
  async function uploadBoth(): Promise<(number | undefined)[][]> {
    let stalls = 1
    page.world.onTransfer = ({ url }) => {
      if (url.includes('ticket-2')) return { status: 400 }
      return stalls-- > 0 ? 'hold' : undefined
    }
    page.add('good', large)
    page.add('bad', large)
    const done = page.uppy.upload()
    await pass(40_000)
    return outcome([await done])
  }

  it.each(events)('of %s that throws breaks nothing, and its page hears of it', async (event) => {
    page.uppy.on(event, () => {
      throw new Error(`in ${event}`)
    })
    expect(await uploadBoth()).toEqual([[1, 1]])
    expect(page.events.filter((told) => !told.startsWith('start')).sort()).toEqual([
      'error bad',
      'success good',
    ])
    expect(new Set(reported)).toEqual(new Set([`in ${event}`]))
    expect(page.file('good')).toBeUndefined()
  })

  it('of a failure’s state that throws does not make it a success', async () => {
    const fail = (_: unknown, { error }: { error: string | null }) => {
      if (!error) return
      page.uppy.off('state-update', fail)
      throw new Error('in state-update')
    }
    page.uppy.on('state-update', fail)
    expect(await uploadBoth()).toEqual([[1, 1]])
    expect(reported).toEqual(['in state-update'])
  })

  it('of what the user is told that throws does not end the waiting', async () => {
    let failures = 1
    page.world.onTransfer = () =>
      failures-- > 0 ? { status: 503, headers: 'Retry-After: 5\r\n' } : undefined
    page.uppy.on('info-visible', () => {
      throw new Error('in info-visible')
    })
    page.add('large', large)
    const done = page.uppy.upload()
    await pass(10_000)
    expect(outcome([await done])).toEqual([[1, 0]])
    expect(reported).toEqual(['in info-visible'])
  })

  it('that throws is written to the console where nothing reports errors', async () => {
    vi.stubGlobal('reportError', undefined)
    const written = vi.spyOn(console, 'error').mockImplementation(() => {})
    page.uppy.on('upload-success', () => {
      throw new Error('in upload-success')
    })
    page.add('small', 'abc')
    const done = page.uppy.upload()
    await pass(1000)
    expect(outcome([await done])).toEqual([[1, 0]])
    expect(written.mock.calls).toEqual([[new Error('in upload-success')]])
  })

  it('of upload that removes a file does not stop the others', async () => {
    const bad = page.add('bad', 'abc')
    page.add('good', 'abcd')
    page.uppy.once('upload', () => page.uppy.removeFile(bad))
    const done = page.uppy.upload()
    await pass(3000)
    expect((await done)?.successful).toMatchObject([{ name: 'good' }])
    expect(page.events).toEqual(['start good', 'success good'])
  })

  it('of upload that removes the only file ends the upload', async () => {
    const bad = page.add('bad', 'abc')
    page.uppy.once('upload', () => page.uppy.removeFile(bad))
    const done = page.uppy.upload()
    await pass(3000)
    expect(outcome([await done])).toEqual([[0, 0]])
    expect(page.world.requests).toEqual([])
  })

  const acts: [string, (id: string, name: string) => void][] = [
    ['pauses and resumes all', () => [page.uppy.pauseAll(), page.uppy.resumeAll()]],
    ['retries it', (id) => void page.uppy.retryUpload(id)],
    ['removes it', (id) => page.uppy.removeFile(id)],
    ['ends Uppy', () => page.uppy.destroy()],
    [
      'adds it again',
      (id, name) => [page.uppy.removeFile(id), page.add(name, large), void page.uppy.upload()],
    ],
  ]
  const reactions = events.flatMap((event) => acts.map(([name, act]) => ({ event, name, act })))

  it.each(reactions)(
    'of $event that $name does what it says',
    async ({ event, name, act }) => {
      const react = (...args: unknown[]) => {
        const [file] = args
          .flat()
          .filter((arg): arg is File => typeof arg === 'object' && arg !== null && 'id' in arg)
        page.uppy.off(event as Event, react)
        act(file?.id ?? '', file?.name ?? '')
      }
      page.uppy.on(event as Event, react)
      await uploadBoth()
      await pass(5000)
      expect(reported).toEqual([])
      expect(page.world.active).toEqual([])
      const removes = /removes|ends/.test(name)
      const left = page.uppy.getFiles()
      for (const file of left)
        expect(Boolean(file.error) !== file.progress.uploadComplete, file.name).toBe(true)
      if (!removes) expect(left.map((file) => file.name)).toContain('good')
    },
    20_000,
  )
})
