// What an upload is found by: the same for the same file in the same browser, and for no other.
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeStorage } from '../fake-storage.js'

const print = 'f'.repeat(64)

/** As in another page load. */
async function load() {
  vi.resetModules()
  return await import('../../../plugin/src/server/browser.js')
}

beforeEach(() => {
  vi.stubGlobal('localStorage', new FakeStorage())
  vi.stubGlobal('location', { href: 'https://site.test/page/' })
})
afterEach(() => vi.unstubAllGlobals())

describe('the key of a file', () => {
  it('is the same in each page load, and keeps only one secret', async () => {
    const set = vi.spyOn(FakeStorage.prototype, 'setItem')
    const first = await (await load()).idempotencyKeyOf('/uploads', print)
    expect(first).toMatch(/^[0-9a-f]{48}$/)
    expect(await (await load()).idempotencyKeyOf('https://site.test/uploads', print)).toBe(first)
    expect(set.mock.calls).toEqual([['partway', expect.stringMatching(/^[0-9a-f]{32}$/)]])
    expect(first).not.toContain(localStorage.getItem('partway'))
  })

  it('is another for another file, endpoint or browser', async () => {
    const { idempotencyKeyOf } = await load()
    const keys = [
      await idempotencyKeyOf('/uploads', print),
      await idempotencyKeyOf('/uploads', 'e'),
      await idempotencyKeyOf('/other', print),
    ]
    vi.stubGlobal('localStorage', new FakeStorage())
    keys.push(await (await load()).idempotencyKeyOf('/uploads', print))
    expect(new Set(keys).size).toBe(4)
  })

  it('is good for the page load where the browser keeps nothing, or something else', async () => {
    for (const kept of ['<oops>', `${'0'.repeat(32)}x`]) {
      localStorage.setItem('partway', kept)
      const { idempotencyKeyOf } = await load()
      expect(await idempotencyKeyOf('/uploads', print)).toBe(await idempotencyKeyOf('/uploads', print))
    }
    vi.stubGlobal('localStorage', undefined)
    const { idempotencyKeyOf } = await load()
    expect(await idempotencyKeyOf('/uploads', print)).toBe(await idempotencyKeyOf('/uploads', print))
  })
})

describe('the browser', () => {
  it('is the same for all mounts of a server, and does not tell the secret', async () => {
    const { browserId } = await load()
    const id = await browserId('/uploads')
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect(await browserId('/avatars')).toBe(id)
    expect(await browserId('https://other.test/uploads')).not.toBe(id)
    const secret = localStorage.getItem('partway')
    const facts = JSON.stringify([secret, 'browser', 'site.test'])
    expect(id).toBe(createHash('sha256').update(facts).digest('hex').slice(0, 32))
  })
})
