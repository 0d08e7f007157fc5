// A resume in which something is not as it was: refusals, other parts on S3, other tabs, answers that do not change.
import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { hashBlob } from '../../plugin/src/hash-blob.js'
import { large, type Page, useLargeFile } from './large-file.js'
import { errorReply, pass } from './world.js'

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
      route === 'parts' ? errorReply(403, 'refused', 'The project is closed.') : undefined
    const page = openPage()
    const id = add(page)
    await uploadIn(page)
    expect(failed).toMatchObject([{ code: 'refused', message: 'The project is closed.' }])
    expect(world.current.uploads.size).toBe(1)
    world.current.onCall = () => undefined
    void page.retryUpload(id)
    await pass(5000)
    // The fifth had gone ahead, and was broken off.
    expect(sentParts().sort()).toEqual([4, 5, 5, 6])
    expect(finished()).toBe(large)
  })

  it('because the ticket is of another kind: it starts over, and the log has the file’s name', async () => {
    await crashHalfway()
    world.current.onCall = ({ body }) =>
      body?.ticket && world.current.routes('create').length === 0
        ? errorReply(400, 'ticket_wrong_kind', 'No.')
        : undefined
    const page = openPage()
    add(page)
    await uploadIn(page)
    expect(finished()).toBe(large)
    expect(logged.join('\n')).toContain('large.txt: the upload no longer exists, starting over.')
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

  it('a part of another size is sent once, and the rest is not called another file’s', async () => {
    world.current.checksum = 'md5'
    await crashHalfway()
    world.current.upload().parts.set(2, 'XX')
    const page = openPage()
    add(page)
    await uploadIn(page)
    expect(sentParts().sort()).toEqual([2, 4, 5, 6])
    expect(finished()).toBe(large)
    expect(logged.join('\n')).not.toContain('not the file')
  })

  it('a part of another content does not count as sent while it is sent again, and the log says why', async () => {
    world.current.checksum = 'md5'
    await crashHalfway()
    world.current.upload().parts.set(2, 'XXXXX')
    const page = openPage()
    const id = add(page)
    world.current.onTransfer = ({ partNumber }) => (partNumber === 2 ? 'hold' : undefined)
    await uploadIn(page)
    expect(page.getFile(id).progress.bytesUploaded).toBe(large.length - 5)
    expect(logged.join('\n')).toContain('large.txt: 1 parts on S3 are not the file')
  })

  it('nothing is read again because S3 does not have all of it for a moment', async () => {
    world.current.checksum = 'crc32c'
    world.current.checksumsOf = (text) => ({ md5: md5(text) })
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
    world.current.checksum = 'crc32c'
    await crashHalfway()
    world.current.checksumsOf = () => undefined
    const page = openPage()
    add(page)
    await uploadIn(page)
    expect(finished()).toBe(large)
    expect(world.current.routes('complete').map(({ body }) => body.checksum)).toEqual([undefined])
  })

  it('each missing part is signed for its own checksum, and no other', async () => {
    world.current.checksum = 'sha256'
    world.current.checksumsOf = (text) => ({ md5: md5(text) })
    await crashHalfway()
    const page = openPage()
    add(page)
    await uploadIn(page)
    const signed = world.current.routes('sign').flatMap(({ body }) => body.parts)
    const expected = [4, 5, 6].map(async (partNumber) => ({
      partNumber,
      checksum: await hashBlob(
        'sha256',
        new Blob([large.slice((partNumber - 1) * 5, partNumber * 5)]),
        new AbortController().signal,
      ),
    }))
    expect(signed.sort((a, b) => a.partNumber - b.partNumber)).toEqual(await Promise.all(expected))
  })
})

describe('what the browser keeps', () => {
  it('is nothing of a small file', async () => {
    const page = openPage()
    add(page, 'abc')
    await uploadIn(page)
    expect(world.current.upload().completed).toBe(true)
    expect(await indexedDB.databases()).toEqual([])
  })

  it('is the file’s handle, where the page has one', async () => {
    await crashHalfway({}, { kind: 'file', name: 'large.txt' } as FileSystemFileHandle)
    const listed = openPage().getPlugin('Partway')?.unfinished()
    await pass(100)
    expect(await listed).toMatchObject([{ name: 'large.txt', hasHandle: true }])
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
  expect(logged.join('\n')).toMatch(/large\.txt: .* Next try in/)
})

it('a tab that waited for another one, which was cancelled, goes on with its upload', async () => {
  const [first, second] = [openPage(), openPage()]
  for (const page of [first, second]) add(page)
  world.current.onTransfer = () => 'hold'
  void first.upload()
  await pass(1000)
  void second.upload()
  await pass(1000)
  world.current.onTransfer = () => undefined
  first.cancelAll()
  await pass(10_000)
  expect(failed).toEqual([])
  expect(world.current.uploads.size).toBe(1)
  expect(world.current.upload()).toMatchObject({ completed: true })
  expect(finished()).toBe(large)
})

it('without checksums, a window of signatures is one call', async () => {
  await crashHalfway()
  world.current.firstWindow = 1
  const page = openPage()
  add(page)
  await uploadIn(page)
  expect(world.current.routes('sign').map(({ body }) => body.parts)).toEqual([
    // It goes ahead of what S3 tells.
    [{ partNumber: 5 }],
    [{ partNumber: 6 }],
  ])
})
