// Pause and resume.
import { describe, expect, it } from 'vitest'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

describe('pause and resume', () => {
  it('sends nothing while paused, asks S3, and sends only what is missing', async () => {
    page.world.onTransfer = ({ partNumber }) => (partNumber <= 2 ? undefined : 'hold')
    const id = page.add('large', large)
    const done = page.uppy.upload()
    await pass(500)
    page.uppy.pauseResume(id)
    await pass(1000)
    expect(page.world.active).toHaveLength(0)
    expect(page.world.routes('parts')).toHaveLength(0)
    page.world.onTransfer = () => undefined
    const before = page.world.requests.length
    page.uppy.pauseResume(id)
    await pass(1000)
    await done
    expect(page.world.routes('parts')).toHaveLength(1)
    expect(page.world.requests.slice(before).map(({ partNumber }) => partNumber)).toEqual([3, 4, 5, 6])
    expect(page.world.uploads.size).toBe(1)
    expect(page.events).toEqual(['start large', 'success large'])
  })

  it('sends a part again that S3 holds with another size', async () => {
    page.world.onTransfer = ({ partNumber }) => (partNumber <= 2 ? undefined : 'hold')
    page.add('large', large)
    void page.uppy.upload()
    await pass(500)
    page.uppy.pauseAll()
    page.world.upload().parts.set(1, 'abc')
    page.world.onTransfer = () => undefined
    page.uppy.resumeAll()
    await pass(1000)
    expect(page.world.content(page.world.upload())).toBe(large)
  })

  it('makes one upload when paused and resumed during create', async () => {
    page.world.latencyMs = 500
    page.add('large', large)
    void page.uppy.upload()
    await pass(100)
    page.uppy.pauseAll()
    page.uppy.resumeAll()
    page.uppy.pauseAll()
    await pass(1000)
    expect(page.world.requests).toHaveLength(0)
    page.uppy.resumeAll()
    await pass(3000)
    expect(page.world.uploads.size).toBe(1)
    expect(page.events).toEqual(['start large', 'success large'])
  })

  it('holds no slot while paused', async () => {
    page.world.onTransfer = () => 'hold'
    const id = page.add('large', large)
    void page.uppy.upload()
    await pass(100)
    expect(page.world.active).toHaveLength(6)
    page.uppy.pauseResume(id)
    page.world.onTransfer = () => undefined
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(1000)
    expect(page.events).toContain('success small')
  })

  it('starts paused when the file is', async () => {
    const id = page.add('small', 'abc')
    page.uppy.setFileState(id, { isPaused: true })
    void page.uppy.upload()
    await pass(500)
    expect(page.world.routes('create')).toHaveLength(0)
    page.uppy.resumeAll()
    await pass(500)
    expect(page.events).toContain('success small')
  })

  it('is done when it is paused during complete and the server completes it', async () => {
    page.world.onCall = ({ route }) => {
      if (route === 'complete') page.uppy.pauseAll()
      return undefined
    }
    const id = page.add('large', large)
    void page.uppy.upload()
    await pass(2000)
    expect(page.events).toEqual(['start large', 'success large'])
    expect(page.file(id).isPaused).toBe(false)
  })
})
