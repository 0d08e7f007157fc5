// All requests to create one file's upload carry the same nonce, so that the server knows them for one.
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeStorage } from './fake-storage.js'
import { large, useLargeFile } from './large-file.js'
import { errorReply, pass } from './world.js'

const { world, told, openPage, add, crashHalfway, uploadIn, sentParts, finished } = useLargeFile()

const creations = () => world.current.routes('create').flatMap(({ body }) => body.files)
const nonces = () => creations().map(({ nonce }) => nonce)
const loseCreate = (times: number) => {
  world.current.onCall = ({ route }) => (route === 'create' && times-- > 0 ? 'lose' : undefined)
}

it('a creation that is tried again has the same nonce, each file one of its own', async () => {
  const page = openPage()
  loseCreate(2)
  add(page)
  add(page, large.toUpperCase(), { name: 'other.txt' })
  await uploadIn(page, 10_000)
  const [first, second, ...repeated] = nonces()
  expect(first).toMatch(/^[0-9a-f]{64}$/)
  expect(second).not.toBe(first)
  expect(repeated.length).toBeGreaterThan(0)
  expect(repeated.every((nonce) => [first, second].includes(nonce))).toBe(true)
  expect(world.current.uploads.size).toBe(2)
})

it('an upload that starts over has it still, and a small file has none', async () => {
  let isGone = true
  world.current.onTransfer = () => {
    const answer = isGone ? { status: 404, body: '<Code>NoSuchUpload</Code>' } : undefined
    if (isGone) world.current.upload().aborted = true
    isGone = false
    return answer
  }
  const page = openPage()
  add(page)
  await uploadIn(page, 10_000)
  add(page, 'small', { name: 'small.txt' })
  await uploadIn(page)
  const [first, anew, small] = nonces()
  expect(anew).toBe(first)
  expect(small).toBeUndefined()
  expect(finished()).toBe('small')
})

describe('a page that was left', () => {
  it('before it heard of its upload: the same upload goes on', async () => {
    const left = openPage()
    add(left)
    await pass(100)
    world.current.latencyMs = 1000
    void left.upload()
    await pass(500)
    expect(world.current.routes('create')).toHaveLength(1)
    left.destroy()
    await pass(1000)
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 20_000))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(1)
    expect(finished()).toBe(large)
    expect(told).toEqual([])
  })

  it('and whose records are lost: only the missing parts are sent', async () => {
    await crashHalfway()
    vi.stubGlobal('indexedDB', new IDBFactory())
    const page = openPage()
    add(page)
    expect((await uploadIn(page))?.successful).toHaveLength(1)
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(finished()).toBe(large)
    expect(told).toEqual(['Resuming “large.txt” at 57 %.'])
  })

  it('and the server has other secrets by now: the parts are kept all the same', async () => {
    await crashHalfway()
    const refused = ['sign', 'parts']
    world.current.onCall = ({ route }) => {
      if (!refused.includes(route)) return undefined
      refused.splice(refused.indexOf(route), 1)
      return errorReply(403, 'ticket_invalid', 'Changed.')
    }
    const page = openPage()
    add(page)
    expect((await uploadIn(page))?.successful).toHaveLength(1)
    expect(sentParts().sort()).toEqual([4, 5, 6])
  })
})

describe('the browser', () => {
  const nonceOf = async (fingerprint: string, owner = 'ada') => {
    // As in another page load.
    vi.resetModules()
    const module = await import('../../plugin/src/nonce.js')
    return module.nonceOf({ endpoint: '/uploads', owner, fingerprint })
  }
  const fingerprint = 'f'.repeat(64)
  beforeEach(() => void vi.stubGlobal('localStorage', new FakeStorage()))

  it('is the same one in each page load', async () => {
    const first = await nonceOf(fingerprint)
    expect(await nonceOf(fingerprint)).toBe(first)
    expect(await nonceOf('e'.repeat(64))).not.toBe(first)
    expect(await nonceOf(fingerprint, 'eve')).not.toBe(first)
    vi.stubGlobal('localStorage', new FakeStorage())
    expect(await nonceOf(fingerprint)).not.toBe(first)
  })

  it('may keep nothing, or something else: then it is known for the page load', async () => {
    for (const kept of ['<oops>', `${'0'.repeat(32)}x`, `x${'0'.repeat(32)}`]) {
      localStorage.setItem('partway:ada', kept)
      expect(await nonceOf(fingerprint)).toMatch(/^[0-9a-f]{64}$/)
    }
    vi.stubGlobal('localStorage', undefined)
    expect(await nonceOf(fingerprint)).toMatch(/^[0-9a-f]{64}$/)
  })
})
