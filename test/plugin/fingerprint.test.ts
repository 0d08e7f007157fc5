import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fingerprint, type IdentifiedFile } from '../../plugin/src/fingerprint.js'

const KiB = 1024
const never = new AbortController().signal

/** A file of `size` bytes, in which the bytes at `changed` are others. */
function file(size = 300 * KiB, { changed = [] as number[], ...facts }: Change = {}): IdentifiedFile {
  const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251)
  for (const index of changed) bytes[index] = 255
  const data = new File([bytes], 'a.bin', { lastModified: 1_700_000_000_000 })
  return { name: 'a.bin', type: 'video/mp4', size, data, ...facts }
}
type Change = { changed?: number[] } & Partial<IdentifiedFile>

afterEach(() => vi.unstubAllGlobals())

describe.each([
  { crypto: 'WebCrypto', length: 64 },
  { crypto: 'no WebCrypto', length: 32 },
])('fingerprint with $crypto', ({ crypto, length }) => {
  const of = (given: IdentifiedFile) => {
    if (crypto === 'no WebCrypto') vi.stubGlobal('crypto', {})
    return fingerprint(given, never)
  }

  it('is the same for the same file', async () => {
    const first = await of(file())
    expect(first).toMatch(new RegExp(`^[0-9a-f]{${length}}$`))
    expect(await of(file())).toBe(first)
  })

  it.each<[string, Change]>([
    ['name', { name: 'b.bin' }],
    ['type', { type: '' }],
    ['size', { size: 300 * KiB + 1 }],
    ['date', { lastModified: 1_700_000_000_001 }],
    ['metadata', { metadata: { album: '7' } }],
    ['first byte', { changed: [0] }],
    ['last byte of the head', { changed: [64 * KiB - 1] }],
    ['first byte of the tail', { changed: [236 * KiB] }],
    ['last byte', { changed: [300 * KiB - 1] }],
  ])('is another for another %s', async (_, change) => {
    expect(await of(file(300 * KiB, change))).not.toBe(await of(file()))
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

  it('does not depend on the order of the metadata', async () => {
    const one = file(9, { metadata: { album: '7', by: 'me' } })
    const other = file(9, { metadata: { by: 'me', album: '7' } })
    expect(await of(one)).toBe(await of(other))
  })

  it('is there for an empty file, and for a Blob, which has no date', async () => {
    const data = new Blob(['abc'])
    const seen = new Set([
      await of(file(0)),
      await of({ name: 'a', type: '', size: 3, data }),
      await of({ name: 'a', type: '', size: 3, data, lastModified: 0 }),
      await of({ name: 'a', type: '', size: 3, data: new File(['abc'], 'a', { lastModified: 5 }) }),
    ])
    expect(seen.size).toBe(4)
  })
})

it.each([0, 10, 64 * KiB, 100 * KiB, 300 * KiB])(
  'stays what it was for files of earlier page loads, of %i bytes',
  async (size) => {
    const facts = JSON.stringify(['a.bin', 'video/mp4', size, 1_700_000_000_000, [['album', '7']]])
    const given = file(size, { metadata: { album: '7' } })
    const bytes = new Uint8Array(await given.data.arrayBuffer())
    const hash = createHash('sha256')
      .update(facts)
      .update(bytes.subarray(0, 64 * KiB))
      .update(bytes.subarray(Math.max(64 * KiB, size - 64 * KiB)))
    expect(await fingerprint(given, never)).toBe(hash.digest('hex'))
  },
)

it('reads 128 KiB of a large file at most', async () => {
  const given = file(900 * KiB)
  const read: number[] = []
  const slice = given.data.slice.bind(given.data)
  given.data.slice = (start, end) => {
    const part = slice(start, end)
    read.push(part.size)
    return part
  }
  given.data.arrayBuffer = () => Promise.reject(new Error('all of it'))
  await fingerprint(given, never)
  expect(read).toEqual([64 * KiB, 64 * KiB])
})
