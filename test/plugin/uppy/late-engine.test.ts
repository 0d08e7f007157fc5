// The script that uploads cannot be loaded, for now or for good.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WaitingFile } from '../../../plugin/src/index.js'
import { script } from '../engine-at-hand.js'
import { pass, setOnline } from '../world.js'
import { usePage } from './uppy-page.js'

beforeEach(() => {
  script.isMissing = true
  return () => {
    script.isMissing = false
  }
})
const page = usePage()
const waiting = (id: string) => (page.file(id) as WaitingFile).waiting
const MISSING =
  'The page could not load all of itself. Reload it and add the files again: their uploads go on where they were.'

describe('without a network', () => {
  afterEach(() => setOnline(true))

  it('a file waits for it, says so, and goes on', async () => {
    const id = page.add('film', 'abc')
    setOnline(false)
    void page.uppy.upload()
    await pass(1000)
    expect(page.uppy.getState().info).toMatchObject([{ message: waiting(id) }])
    await pass(100_000)
    expect(waiting(id)).toBe('The upload goes on by itself when the network is back.')
    script.isMissing = false
    setOnline(true)
    await pass(5000)
    expect(page.events).toEqual(['start film', 'success film'])
    expect(waiting(id)).toBeUndefined()
  })

  it('a file that is added again after it was removed is not started', async () => {
    const id = page.add('film', 'abc')
    page.add('other', 'abcd')
    setOnline(false)
    void page.uppy.upload()
    await pass(1000)
    page.uppy.removeFile(id)
    expect(page.add('film', 'abc')).toBe(id)
    await pass(31_000)
    expect(waiting(id)).toBeUndefined()
    script.isMissing = false
    setOnline(true)
    await pass(5000)
    expect(page.events).toEqual(['start film,other', 'success other'])
    expect(page.world.requests).toHaveLength(1)
    expect(page.file(id).progress.uploadStarted).toBeNull()
  })

  const ends: [string, () => void][] = [
    ['cancelled', () => page.uppy.cancelAll()],
    ['of an Uppy that is destroyed', () => page.uppy.destroy()],
  ]

  it.each(ends)('a file that is %s does not wait', async (_, end) => {
    page.add('film', 'abc')
    setOnline(false)
    let isOver = false
    void page.uppy.upload().then(() => {
      isOver = true
    })
    await pass(1000)
    const removed = vi.spyOn(globalThis, 'removeEventListener')
    const told: unknown[] = []
    end()
    page.uppy.on('info-visible', () => told.push(page.uppy.getState().info))
    await pass(200)
    expect(isOver).toBe(true)
    expect(removed).toHaveBeenCalledWith('online', expect.any(Function))
    await pass(100_000)
    expect(told).toEqual([])
    expect(page.events).toEqual(['start film'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a plugin that is removed does not wait', async () => {
    page.add('film', 'abc')
    setOnline(false)
    const done = page.uppy.upload()
    await pass(100)
    page.removePlugin()
    await pass(100)
    expect((await done)?.failed).toHaveLength(1)
  })
})

describe('with a network', () => {
  it('a file fails', async () => {
    page.add('film', 'abc')
    void page.uppy.upload()
    await pass(100)
    expect(page.errors).toMatchObject([{ code: 'script_unavailable', message: MISSING }])
  })

  it('who asks for unfinished uploads is told so, in the page’s language', async () => {
    const plugin = page.uppy.getPlugin('Partway')
    await expect(plugin?.unfinished()).rejects.toMatchObject({ code: 'script_unavailable', message: MISSING })
    plugin?.setOptions({ locale: { strings: { script_unavailable: 'Laden Sie neu.' } } })
    await expect(plugin?.unfinished()).rejects.toMatchObject({ message: 'Laden Sie neu.' })
  })
})
