// While files go up, the page holds a Web Lock, so that it is not frozen, and the screen stays on where the page asks for it.
import { beforeEach, expect, it, vi } from 'vitest'
import { FakeLocks } from '../fake-locks.js'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()
const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
/** Locks of the screen that are held. */
let screens: Set<object>
let refuses: boolean
let locks: FakeLocks

const wakeLock = {
  async request() {
    if (refuses) throw new DOMException('', 'NotAllowedError')
    const screen = { release: async () => screens.delete(screen) }
    screens.add(screen)
    return screen
  },
}

beforeEach(() => {
  screens = new Set()
  refuses = false
  document.visibilityState = 'visible'
  // All else is the world's.
  vi.stubGlobal('document', Object.assign(document, globalThis.document))
  locks = new FakeLocks()
  vi.stubGlobal('navigator', { onLine: true, locks, wakeLock })
  page.uppy.destroy()
  page.world.onTransfer = () => 'hold'
})

/** The browser releases the screen, as it does when the page is hidden. */
function hide(): void {
  document.visibilityState = 'hidden'
  screens.clear()
  document.dispatchEvent(new Event('visibilitychange'))
}

function show(): void {
  document.visibilityState = 'visible'
  document.dispatchEvent(new Event('visibilitychange'))
}

/** @returns the file's id */
async function begin(keepAwake: boolean): Promise<string> {
  page.uppy = page.start({ keepAwake })
  const id = page.add('large', large)
  void page.uppy.upload()
  await pass(1000)
  return id
}

const isLocked = () => locks.shared.includes('partway-awake')

it('the screen stays on while a file is in flight, and not while it is paused', async () => {
  const id = await begin(true)
  expect(screens.size).toBe(1)
  expect(isLocked()).toBe(true)
  page.uppy.pauseResume(id)
  await pass(10)
  expect(screens.size).toBe(0)
  expect(isLocked()).toBe(false)
  page.uppy.pauseResume(id)
  await pass(10)
  expect(screens.size).toBe(1)
  page.uppy.removeFile(id)
  await pass(10)
  expect(screens.size).toBe(0)
  expect(isLocked()).toBe(false)
})

it('follows "pause all" and "resume all"', async () => {
  await begin(true)
  page.uppy.pauseAll()
  await pass(10)
  expect(screens.size).toBe(0)
  expect(isLocked()).toBe(false)
  page.uppy.resumeAll()
  await pass(10)
  expect(screens.size).toBe(1)
  expect(isLocked()).toBe(true)
})

it('a page that is visible again takes the screen again', async () => {
  const id = await begin(true)
  hide()
  await pass(10)
  expect(screens.size).toBe(0)
  show()
  await pass(10)
  expect(screens.size).toBe(1)
  hide()
  page.uppy.removeFile(id)
  show()
  await pass(10)
  expect(screens.size).toBe(0)
})

it('without the option only the page stays awake', async () => {
  await begin(false)
  expect(screens.size).toBe(0)
  expect(isLocked()).toBe(true)
  page.uppy.destroy()
  await pass(10)
  expect(isLocked()).toBe(false)
})

it('the option can be changed during an upload', async () => {
  await begin(false)
  page.uppy.getPlugin('Partway')?.setOptions({ keepAwake: true })
  await pass(10)
  expect(screens.size).toBe(1)
  page.uppy.getPlugin('Partway')?.setOptions({ keepAwake: false })
  await pass(10)
  expect(screens.size).toBe(0)
})

it('a browser that refuses the screen uploads all the same', async () => {
  refuses = true
  page.world.onTransfer = () => undefined
  await begin(true)
  await pass(5000)
  expect(page.errors).toEqual([])
  expect(page.events.at(-1)).toBe('success large')
  expect(isLocked()).toBe(false)
})
