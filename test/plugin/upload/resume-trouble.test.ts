// A resume in which something is not as it was: refusals, other parts on S3, other tabs, answers that do not change.
import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { hashBlob } from '../../../plugin/src/checksums/hash-blob.js'
import { large, type Page, useLargeFile } from '../large-file.js'
import { pass } from '../world.js'

const { world, told, add, crashHalfway, sentParts, finished, logged, failed, ...file } = useLargeFile()
const openPage = () => file.openPage({ limit: 1 })

/** Not all of them come to an end. */
async function uploadIn(page: Page, ms = 5000): Promise<void> {
  void page.upload()
  await pass(ms)
}
const refuse = (code: string) => Response.json({ uploads: [{ error: 'No.', code, status: 409 }] })

describe('the server refuses to go on', () => {
  it('with another reason than the ticket: that is told, and nothing is started over', async () => {
    await crashHalfway()
    world.current.onCall = ({ route }) =>
      route === 'create'
        ? Response.json({ uploads: [{ error: 'The project is closed.', code: 'refused', status: 403 }] })
        : undefined
    const page = openPage()
    const id = add(page)
    await uploadIn(page)
    expect(failed).toMatchObject([{ code: 'refused', message: 'The project is closed.' }])
    expect(world.current.uploads.size).toBe(1)
    world.current.onCall = () => undefined
    void page.retryUpload(id)
    await pass(5000)
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(finished()).toBe(large)
  })
})

describe('S3 never has what was sent', () => {
  it('the file fails after three rounds', async () => {
    world.current.onCall = ({ route }) => (route === 'complete' ? refuse('parts_missing') : undefined)
    const page = openPage()
    add(page)
    await uploadIn(page, 10_000)
    expect(failed).toMatchObject([{ code: 'parts_missing' }])
    expect(world.current.routes('complete')).toHaveLength(3)
  })

  it('for a moment: it is asked again, and the user hears once that the file is resumed', async () => {
    await crashHalfway()
    world.current.onCall = ({ route }) =>
      route === 'complete' && world.current.routes('complete').length === 1
        ? refuse('parts_missing')
        : undefined
    const page = openPage()
    add(page)
    await uploadIn(page)
    expect(finished()).toBe(large)
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(told).toEqual(['Resuming “large.txt” at 57 %.'])
    expect(logged.join('\n')).toContain('large.txt: S3 does not have all of it, sending again.')
  })
})

describe('with checksums, after a reload', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('base64')

  it('a part of another size is not replaced: the file is another upload', async () => {
    await crashHalfway()
    const older = world.current.upload()
    older.parts.set(2, 'XX')
    const page = openPage()
    add(page)
    await uploadIn(page)
    expect(older.parts.get(2)).toBe('XX')
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(large)
    expect(logged.join('\n')).toContain('large.txt: what S3 has is not the file’s')
  })

  it('nothing is read again because S3 does not have all of it for a moment', async () => {
    world.current.checksum = 'crc64nvme'
    await crashHalfway()
    const page = openPage()
    const slice = vi.spyOn(page.getFile(add(page)).data as File, 'slice')
    world.current.onCall = ({ route }) => {
      if (route !== 'complete' || world.current.routes('complete').length > 1) return undefined
      slice.mockClear()
      return refuse('parts_missing')
    }
    await uploadIn(page)
    expect(world.current.routes('complete')).toHaveLength(2)
    expect(finished()).toBe(large)
    expect(slice).not.toHaveBeenCalled()
  })

  it('parts that S3 tells nothing of make no checksum of the whole', async () => {
    world.current.checksum = 'crc64nvme'
    await crashHalfway()
    world.current.checksumsOf = () => undefined
    const page = openPage()
    add(page)
    await uploadIn(page)
    expect(finished()).toBe(large)
    expect(world.current.routes('complete').map(({ body }) => body.checksum)).toEqual([undefined])
  })

  it('each missing part is signed for its own checksum, and no other', async () => {
    world.current.checksum = 'crc64nvme'
    world.current.checksumsOf = (text) => ({ md5: md5(text) })
    await crashHalfway()
    const page = openPage()
    add(page)
    await uploadIn(page)
    const signed = world.current.routes('sign').flatMap(({ body }) => body.parts)
    const expected = [4, 5, 6].map(async (partNumber) => ({
      partNumber,
      checksum: await hashBlob(
        'crc64nvme',
        new Blob([large.slice((partNumber - 1) * 5, partNumber * 5)]),
        new AbortController().signal,
      ),
    }))
    expect(signed.sort((a, b) => a.partNumber - b.partNumber)).toEqual(await Promise.all(expected))
  })
})

it('what is too large for one request, although the page thought otherwise, arrives without a warning', async () => {
  world.current.threshold = 1000
  const page = openPage()
  await pass(500)
  world.current.threshold = 10
  add(page)
  await uploadIn(page)
  expect(sentParts().sort()).toEqual([1, 2, 3, 4, 5, 6])
  expect(finished()).toBe(large)
  expect(logged.join('\n')).not.toContain('cannot be continued')
})

it('a try that failed is in the log, with the file’s name', async () => {
  world.current.onTransfer = () =>
    world.current.requests.length === 1
      ? { status: 503, body: '<Error><Code>SlowDown</Code></Error>' }
      : undefined
  const page = openPage()
  add(page, 'abc')
  await uploadIn(page)
  expect(finished()).toBe('abc')
  expect(logged.join('\n')).toMatch(/large\.txt: Next try in .* s: /)
})

it('without checksums, a window of signatures is one call', async () => {
  await crashHalfway()
  world.current.firstWindow = 1
  const page = openPage()
  add(page)
  await uploadIn(page)
  expect(world.current.routes('sign').map(({ body }) => body.parts)).toEqual([
    [{ partNumber: 5 }, { partNumber: 6 }],
  ])
})
