// Transfers at the same time, over all of a page.
import { describe, expect, it } from 'vitest'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

describe('slots', () => {
  it('are shared by all Uppy instances, and a small file does not wait behind a large one', async () => {
    page.world.transferMs = 1000
    page.add('large', 'x'.repeat(500))
    void page.uppy.upload()
    await pass(2500)
    const other = page.start()
    other.addFile({ name: 'small', data: new Blob(['abc']) })
    void other.upload()
    await pass(2500)
    expect(page.world.active.length).toBeLessThanOrEqual(6)
    expect(page.events).toContain('success small')
    expect(page.events).not.toContain('success large')
    other.destroy()
  })

  it('follow the lowest limit of the page', async () => {
    const other = page.start({ limit: 2 })
    page.world.onTransfer = () => 'hold'
    other.addFile({ name: 'small', data: new Blob(['abc']) })
    void other.upload()
    page.add('large', large)
    void page.uppy.upload()
    await pass(200)
    expect(page.world.active).toHaveLength(2)
    other.destroy()
    await pass(200)
    page.uppy.getPlugin('Partway')?.setOptions({ limit: 1 })
    for (const request of page.world.active) request.respond(0)
    await pass(3000)
    expect(page.world.active).toHaveLength(1)
    expect(() => page.uppy.getPlugin('Partway')?.setOptions({ limit: 0 })).toThrow(TypeError)
  })

  it('do not follow the limit of a plugin that has nothing under way, though nobody has destroyed it', async () => {
    const abandoned = page.start({ limit: 1 })
    const id = abandoned.addFile({ name: 'abandoned', data: new Blob([large]) })
    void abandoned.upload()
    await pass(100)
    abandoned.pauseResume(id)
    page.world.onTransfer = () => 'hold'
    page.add('large', large)
    void page.uppy.upload()
    await pass(200)
    expect(page.world.active).toHaveLength(6)
    abandoned.destroy()
  })
})
