import { afterEach, describe, expect, it, vi } from 'vitest'
import { fingerprintOf, Identity } from '../../../plugin/src/upload/identity.js'

const KiB = 1024
const never = new AbortController().signal

interface Change {
  /** Bytes that are others. */
  changed?: number[]
  name?: string
  type?: string
  lastModified?: number
}

function file(size = 300 * KiB, { changed = [], name = 'a.bin', ...facts }: Change = {}): File {
  const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251)
  for (const index of changed) bytes[index] = 255
  return new File([bytes], name, { lastModified: 1_700_000_000_000, ...facts })
}

afterEach(() => vi.unstubAllGlobals())

describe.each([
  { crypto: 'WebCrypto', length: 64 },
  { crypto: 'no WebCrypto', length: 32 },
])('fingerprint with $crypto', ({ crypto, length }) => {
  const of = (data: Blob, ownName = data instanceof File ? data.name : '') => {
    if (crypto === 'no WebCrypto') vi.stubGlobal('crypto', {})
    return fingerprintOf(data, ownName, never)
  }

  it('is the same for the same file, whatever its type is said to be', async () => {
    const first = await of(file())
    expect(first).toMatch(new RegExp(`^[0-9a-f]{${length}}$`))
    expect(await of(file(300 * KiB, { type: 'video/mp4' }))).toBe(first)
  })

  it.each<[string, File]>([
    ['name', file(300 * KiB, { name: 'b.bin' })],
    ['size', file(300 * KiB + 1)],
    ['date', file(300 * KiB, { lastModified: 1_700_000_000_001 })],
    ['first byte', file(300 * KiB, { changed: [0] })],
    ['last byte of the head', file(300 * KiB, { changed: [64 * KiB - 1] })],
    ['first byte of the tail', file(300 * KiB, { changed: [236 * KiB] })],
    ['last byte', file(300 * KiB, { changed: [300 * KiB - 1] })],
  ])('is another for another %s', async (_, other) => {
    expect(await of(other)).not.toBe(await of(file()))
  })

  it.each([1, 64 * KiB, 64 * KiB + 1, 128 * KiB - 1, 128 * KiB])(
    'covers all of a file of %i bytes',
    async (size) => {
      const whole = await of(file(size))
      for (const index of [0, size >> 1, size - 1]) {
        expect(await of(file(size, { changed: [index] }))).not.toBe(whole)
      }
    },
  )

  it('is there for an empty file, and for a Blob, which has no date and the name that it is given', async () => {
    const data = new Blob(['abc'])
    const seen = new Set([
      await of(file(0)),
      await of(data),
      await of(data, 'a'),
      await of(new File(['abc'], 'a')),
    ])
    expect(seen.size).toBe(4)
  })
})

it('reads 128 KiB of a large file at most', async () => {
  const given = file(900 * KiB)
  const read: number[] = []
  const slice = given.slice.bind(given)
  given.slice = (start, end) => {
    const part = slice(start, end)
    read.push(part.size)
    return part
  }
  given.arrayBuffer = () => Promise.reject(new Error('all of it'))
  await fingerprintOf(given, given.name, never)
  expect(read).toEqual([64 * KiB, 64 * KiB])
})

describe('equal files of a page', () => {
  it('have the smallest number that is free, for as long as they are there', () => {
    const [first, second, third] = [new Identity(), new Identity(), new Identity()]
    expect([first.idempotencyKey('a'), second.idempotencyKey('a'), first.idempotencyKey('a')]).toEqual([
      'a',
      'a-1',
      'a',
    ])
    first.leave()
    expect([third.idempotencyKey('a'), second.idempotencyKey('a')]).toEqual(['a', 'a-1'])
  })

  it('take no number any more once they have left, and another one at another endpoint', () => {
    const [gone, moved, other] = [new Identity(), new Identity(), new Identity()]
    gone.leave()
    gone.idempotencyKey('b')
    expect(moved.idempotencyKey('b')).toBe('b')
    moved.idempotencyKey('c')
    expect(other.idempotencyKey('b')).toBe('b')
  })
})
