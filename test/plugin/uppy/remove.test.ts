// Files that the user removes.
import { describe, expect, it } from 'vitest'
import { errorReply, pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

describe('removing a file', () => {
  it('aborts the upload, after its transfers have ended', async () => {
    page.world.onTransfer = () => 'hold'
    const id = page.add('large', large)
    const done = page.uppy.upload()
    await pass(200)
    const underWay: number[] = []
    page.world.onCall = ({ route }) => {
      if (route === 'abort') underWay.push(page.world.active.length)
      return undefined
    }
    page.uppy.removeFile(id)
    await pass(500)
    await done
    expect(underWay).toEqual([0])
    expect(page.world.upload().aborted).toBe(true)
    expect(page.events).toEqual(['start large'])
  })

  it('says nothing of it to the same file, added again', async () => {
    page.world.onTransfer = ({ partNumber }) => (partNumber === 1 ? undefined : 'hold')
    const id = page.add('large', large)
    void page.uppy.upload()
    await pass(300)
    for (const request of page.world.active) request.progress(request.size)
    await pass(200)
    page.uppy.removeFile(id)
    expect(page.add('large', large)).toBe(id)
    const reports: unknown[] = []
    page.uppy.on('upload-progress', (_, { bytesUploaded }) => reports.push(bytesUploaded))
    await pass(1000)
    expect(reports).toEqual([])
    expect(page.file(id).progress).toMatchObject({ percentage: 0, bytesUploaded: false })
  })

  it('aborts what was created only after the file was removed', async () => {
    page.world.latencyMs = 500
    const id = page.add('large', large)
    void page.uppy.upload()
    await pass(700)
    expect(page.world.routes('create')).toHaveLength(1)
    page.uppy.removeFile(id)
    await pass(3000)
    expect(page.world.upload().aborted).toBe(true)
    expect(page.world.requests).toHaveLength(0)
  })

  it('aborts a paused and a failed upload', async () => {
    page.world.onTransfer = ({ size }) => (size === 5 ? 'hold' : { status: 400 })
    const paused = page.add('paused', 'abcdefghij')
    const failed = page.add('failed', 'abcdefghijkl')
    void page.uppy.upload()
    await pass(300)
    page.uppy.pauseResume(paused)
    await pass(100)
    expect(page.events).toContain('error failed')
    page.uppy.removeFiles([paused, failed])
    await pass(500)
    expect([...page.world.uploads.values()].every(({ aborted }) => aborted)).toBe(true)
  })

  it('tries to abort again when the server does not answer', async () => {
    page.world.onTransfer = () => 'hold'
    page.add('large', large)
    void page.uppy.upload()
    await pass(200)
    let failures = 2
    page.world.onCall = ({ route }) =>
      route === 'abort' && failures-- > 0 ? errorReply(503, 'busy', 'Busy.') : undefined
    page.uppy.cancelAll()
    await pass(10_000)
    expect(page.world.routes('abort')).toHaveLength(3)
    expect(page.world.upload().aborted).toBe(true)
  })

  it('lets the same file be added again, as a new upload', async () => {
    page.world.onTransfer = () => 'hold'
    const id = page.add('large', large)
    void page.uppy.upload()
    await pass(200)
    page.world.onTransfer = () => undefined
    page.uppy.removeFile(id)
    page.add('large', large)
    void page.uppy.upload()
    await pass(2000)
    expect([...page.world.uploads.values()].map(({ aborted, completed }) => [aborted, completed])).toEqual([
      [true, undefined],
      [undefined, true],
    ])
  })

  it('does not start the same file, added again while its earlier upload is asked for', async () => {
    let answer = () => {}
    page.world.onCall = ({ route }) =>
      route === 'unfinished'
        ? new Promise((resolve) => {
            answer = () => resolve(undefined)
          })
        : undefined
    const data = new File([large], 'large.txt')
    const add = () => page.uppy.addFile({ name: 'large', type: 'text/plain', data })
    const id = add()
    void page.uppy.upload()
    await pass(500)
    page.uppy.removeFile(id)
    expect(add()).toBe(id)
    answer()
    await pass(5000)
    expect(page.events).toEqual(['start large'])
    expect(page.world.requests).toEqual([])
    expect(page.file(id).progress.uploadComplete).toBe(false)
  })

  it('is heard of for that file only, if its upload could not be stopped any more', async () => {
    const id = page.add('large', large)
    void page.uppy.upload()
    page.world.onCall = ({ route }) => {
      if (route !== 'complete') return undefined
      page.world.onCall = () => undefined
      page.world.onTransfer = () => 'hold'
      page.uppy.removeFile(id)
      page.add('large', large)
      void page.uppy.upload()
      return undefined
    }
    await pass(2000)
    expect(page.events).toEqual(['start large', 'start large'])
    expect(page.file(id).progress.uploadComplete).toBe(false)
    page.uppy.pauseAll()
    expect(page.world.active).toHaveLength(0)
  })

  it('does nothing to a file that is done', async () => {
    const id = page.add('small', 'abc')
    void page.uppy.upload()
    await pass(1000)
    page.uppy.removeFile(id)
    await pass(1000)
    expect(page.world.routes('abort')).toHaveLength(0)
  })
})
