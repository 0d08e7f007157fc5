// The browser's question before a page with an upload under way is left.
import { beforeEach, expect, it, vi } from 'vitest'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()
/** Listeners of `beforeunload`: some browsers do not keep a page with one for Back and Forward. */
let listeners: Set<unknown>

beforeEach(() => {
  listeners = new Set()
  const { addEventListener, removeEventListener } = globalThis
  vi.stubGlobal('addEventListener', (type: string, listener: EventListener) => {
    if (type === 'beforeunload') listeners.add(listener)
    else addEventListener(type, listener)
  })
  vi.stubGlobal('removeEventListener', (type: string, listener: EventListener) => {
    if (type === 'beforeunload') listeners.delete(listener)
    else removeEventListener(type, listener)
  })
  page.uppy.destroy()
})

/** Whether the browser asks. */
function asks(): boolean {
  const event = new Event('beforeunload', { cancelable: true })
  for (const listener of listeners) (listener as EventListener)(event)
  return event.defaultPrevented
}

it('is asked from the start of an upload to its end, paused or not', async () => {
  page.uppy = page.start({ askBeforeUnload: true })
  page.world.onTransfer = () => ({ status: 400 })
  const id = page.add('large', large)
  await pass(1000)
  expect(listeners.size).toBe(0)
  void page.uppy.upload()
  await pass(50)
  expect(asks()).toBe(true)
  page.uppy.pauseResume(id)
  await pass(1000)
  expect(asks()).toBe(true)
  page.uppy.pauseResume(id)
  await pass(1000)
  expect(page.events.at(-1)).toBe('error large')
  expect(listeners.size).toBe(0)
  page.world.onTransfer = () => 'hold'
  void page.uppy.retryUpload(id)
  await pass(1000)
  expect(asks()).toBe(true)
  page.uppy.removeFile(id)
  expect(listeners.size).toBe(0)
})

it('is not asked where the option is off, and follows it', async () => {
  page.uppy = page.start()
  page.world.onTransfer = () => 'hold'
  page.add('large', large)
  void page.uppy.upload()
  await pass(1000)
  expect(listeners.size).toBe(0)
  page.uppy.getPlugin('Partway')?.setOptions({ askBeforeUnload: true })
  expect(asks()).toBe(true)
  page.uppy.getPlugin('Partway')?.setOptions({ askBeforeUnload: false })
  expect(listeners.size).toBe(0)
  page.uppy.getPlugin('Partway')?.setOptions({ askBeforeUnload: true })
  page.uppy.destroy()
  expect(listeners.size).toBe(0)
})
