// What Uppy hears of a file’s bytes.
import { describe, expect, it } from 'vitest'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

describe('progress', () => {
  it('grows up to the file and never beyond, at most ten times a second', async () => {
    const seen: { bytes: number; at: number }[] = []
    page.uppy.on('upload-progress', (_, { bytesUploaded }) =>
      seen.push({ bytes: bytesUploaded, at: performance.now() }),
    )
    page.world.onTransfer = () => 'hold'
    page.add('large', large)
    void page.uppy.upload()
    await pass(100)
    for (let loaded = 0; loaded <= 5; loaded++) {
      for (const request of page.world.active) request.progress(loaded)
      await pass(20)
    }
    page.world.onTransfer = () => undefined
    for (const request of page.world.active) page.world.receive(request)
    await pass(2000)
    const bytes = seen.map((report) => report.bytes)
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
    expect(bytes.at(-1)).toBe(26)
    const gaps = seen.slice(1).map(({ at }, index) => at - (seen[index]?.at ?? 0))
    expect(Math.min(...gaps.slice(0, -1))).toBeGreaterThanOrEqual(100)
  })

  it('drops what was on its way when paused, and shows it even from 100 %', async () => {
    page.world.onTransfer = ({ partNumber }) => (partNumber === 1 ? undefined : 'hold')
    const id = page.add('large', large)
    void page.uppy.upload()
    await pass(300)
    for (const request of page.world.active) request.progress(request.size)
    await pass(200)
    expect(page.file(id).progress).toMatchObject({ percentage: 100, bytesUploaded: 26 })
    page.uppy.pauseAll()
    await pass(10)
    expect(page.file(id).progress).toMatchObject({ percentage: 19, bytesUploaded: 5 })
  })

  it('drops a failed try', async () => {
    page.world.onTransfer = () => 'hold'
    const id = page.add('large', large)
    void page.uppy.upload()
    await pass(100)
    for (const request of page.world.active) request.progress(3)
    await pass(200)
    expect(page.file(id).progress.bytesUploaded).toBe(18)
    page.world.active[0]?.respond(500)
    await pass(200)
    expect(page.file(id).progress.bytesUploaded).toBe(15)
  })
})
