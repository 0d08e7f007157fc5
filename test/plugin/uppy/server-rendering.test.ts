// The plugin on a server that renders pages, as Node is one: no `window`, no `document`.
import Uppy from '@uppy/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import Partway from '../../../plugin/src/index.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('neither asks anything of the server nor waits for anything', () => {
  const fetch = vi.fn()
  vi.stubGlobal('fetch', fetch)
  const uppy = new Uppy().use(Partway, { endpoint: '/uploads' })
  uppy.getPlugin('Partway')?.setOptions({ endpoint: '/other' })
  expect(fetch).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})
