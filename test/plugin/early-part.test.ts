// An upload that goes on sends a part that S3 cannot have while the server still asks S3 what it has.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { UploadStore } from '../../plugin/src/upload-store.js'
import { large, partText, useLargeFile } from './large-file.js'
import { errorReply, pass, type World } from './world.js'

const { world, openPage, add, crashHalfway, failed, sentParts, finished } = useLargeFile()
type Reply = Awaited<ReturnType<World['onCall']>>

/** S3 is not asked before this is called; without a reply it is asked then. */
let tell: (reply?: Reply) => void

beforeEach(() => {
  world.current.checksum = 'md5'
})

/** After three parts of six, and when the fourth was under way. */
async function goOn() {
  await crashHalfway()
  const told = new Promise<Reply>((resolve) => {
    tell = resolve
  })
  world.current.onCall = ({ route }) => (route === 'parts' ? told : undefined)
  const page = openPage({ limit: 2 })
  const id = add(page)
  return { page, done: page.upload(), bytesUploaded: () => page.getFile(id).progress.bytesUploaded }
}
const underWay = () => world.current.active.map(({ partNumber }) => partNumber)

it.each(['md5', 'crc32c', undefined] as const)('checksum %s: it is sent once', async (checksum) => {
  world.current.checksum = checksum
  const { done } = await goOn()
  await pass(1000)
  expect(sentParts()).toEqual([5])
  tell()
  await pass(1000)
  expect((await done)?.successful).toHaveLength(1)
  expect(sentParts()).toEqual([5, 4, 6])
  expect(finished()).toBe(large)
})

it('while it still travels when S3 has told, others travel beside it, and it counts once', async () => {
  const { done, bytesUploaded } = await goOn()
  world.current.onTransfer = () => 'hold'
  await pass(1000)
  const [five] = world.current.active
  five?.progress(3)
  tell()
  await pass(200)
  expect(underWay()).toEqual([5, 4])
  five?.progress(4)
  await pass(200)
  expect(bytesUploaded()).toBe(15 + 4)
  world.current.onTransfer = () => undefined
  for (const request of world.current.active) {
    world.current.upload().parts.set(request.partNumber, partText(request.partNumber))
    request.respond(204)
  }
  await pass(1000)
  expect((await done)?.successful).toHaveLength(1)
  expect(sentParts()).toEqual([5, 4, 6])
  expect(bytesUploaded()).toBe(large.length)
})

it('it counts where it arrived after S3 was asked, and before S3 has told', async () => {
  const { bytesUploaded } = await goOn()
  world.current.onTransfer = ({ partNumber }) => (partNumber === 5 ? undefined : 'hold')
  await pass(1000)
  tell(Response.json({ parts: [1, 2, 3].map((partNumber) => ({ partNumber, size: 5, etag: '"e"' })) }))
  await pass(1000)
  expect(underWay()).toEqual([4, 6])
  expect(bytesUploaded()).toBe(20)
})

it('another browser may have sent it: it is sent no further', async () => {
  const { done } = await goOn()
  world.current.onTransfer = ({ partNumber }) => (partNumber === 5 ? 'hold' : undefined)
  world.current.upload().parts.set(5, partText(5))
  await pass(1000)
  expect(underWay()).toEqual([5])
  tell()
  await pass(1000)
  expect(underWay()).toEqual([])
  expect((await done)?.successful).toHaveLength(1)
  expect(sentParts()).toEqual([5, 4, 6])
  expect(finished()).toBe(large)
})

it('another browser may have sent another file’s: it is sent again', async () => {
  const { done } = await goOn()
  let times = 0
  world.current.onTransfer = ({ partNumber }) => (partNumber === 5 && times++ === 0 ? 'hold' : undefined)
  world.current.upload().parts.set(5, 'XXXXX')
  await pass(1000)
  tell()
  await pass(1000)
  expect((await done)?.successful).toHaveLength(1)
  expect(sentParts()).toEqual([5, 4, 6, 5])
  expect(finished()).toBe(large)
})

it('S3 may tell before it is signed', async () => {
  const { done } = await goOn()
  const whenAsked = world.current.onCall
  let sign = () => {}
  const signing = new Promise<undefined>((resolve) => (sign = () => resolve(undefined)))
  world.current.onCall = (call) => (call.route === 'sign' ? signing : whenAsked(call))
  await pass(1000)
  expect(sentParts()).toEqual([])
  tell()
  await pass(1000)
  expect(sentParts()).toEqual([4, 6])
  sign()
  await pass(1000)
  expect((await done)?.successful).toHaveLength(1)
  expect(sentParts()).toEqual([4, 6, 5])
})

it.each([
  ['is gone', errorReply(404, 'upload_gone', 'Gone.')],
  ['cannot be told', errorReply(403, 'not_allowed', 'No.')],
])('it is not under way any more once the upload %s', async (_, reply) => {
  await goOn()
  world.current.onTransfer = () => 'hold'
  await pass(1000)
  const [five] = world.current.active
  expect(five?.partNumber).toBe(5)
  tell(reply)
  await pass(100)
  expect(five?.underWay).toBe(false)
})

it('what fails for good fails the file, once S3 has told', async () => {
  await goOn()
  world.current.onTransfer = () => ({ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' })
  await pass(1000)
  expect(failed).toEqual([])
  tell()
  await pass(60_000)
  expect(failed).toMatchObject([{ code: 'storage_refused' }])
})

it('a pause ends it', async () => {
  const { page, done } = await goOn()
  world.current.onTransfer = () => 'hold'
  await pass(1000)
  page.pauseAll()
  await pass(100)
  expect(underWay()).toEqual([])
  world.current.onTransfer = () => undefined
  tell()
  page.resumeAll()
  await pass(2000)
  expect((await done)?.successful).toHaveLength(1)
  expect(finished()).toBe(large)
})

describe('it is never one that a page has begun', () => {
  /** Ends the page when the transfer of the part begins, and gives what the next page sends before S3 has told. */
  async function sentAfterCrashAt(
    limit: number,
    last: number,
  ): Promise<{ begun: number[]; early: number[] }> {
    const page = openPage({ limit })
    add(page)
    const crashed = new Promise<void>((resolve) => {
      world.current.onTransfer = ({ partNumber }) => {
        if (partNumber !== last) return undefined
        page.destroy()
        resolve()
        return 'hold'
      }
    })
    void page.upload()
    await pass(5000)
    await crashed
    const begun = sentParts()
    world.current.requests.length = 0
    world.current.onTransfer = () => 'hold'
    world.current.onCall = ({ route }) => (route === 'parts' ? new Promise(() => {}) : undefined)
    const next = openPage({ limit })
    add(next)
    void next.upload()
    await pass(2000)
    return { begun, early: sentParts() }
  }
  const cases = [1, 2, 3].flatMap((limit) => [1, 2, 3, 4, 5, 6].map((last) => [limit, last] as const))

  it.each(cases)('%i at a time, crash at part %i', async (limit, last) => {
    const { begun, early } = await sentAfterCrashAt(limit, last)
    expect(begun).toContain(last)
    expect(early.length).toBeLessThanOrEqual(1)
    expect(early.filter((partNumber) => begun.includes(partNumber))).toEqual([])
    // As many at most are held to be begun as are sent at a time.
    if (Math.max(...begun) + limit < 6) expect(early).toHaveLength(1)
  })

  it('because that is kept before it is begun', async () => {
    let keep = () => {}
    const kept = new Promise<void>((resolve) => (keep = resolve))
    const note = vi.spyOn(UploadStore.prototype, 'noteUntouched').mockReturnValue(kept)
    const page = openPage({ limit: 2 })
    add(page)
    const done = page.upload()
    await pass(1000)
    expect(sentParts()).toEqual([1, 2])
    expect(note.mock.calls.map(([{ untouchedFrom }]) => untouchedFrom)).toEqual([5])
    keep()
    await pass(1000)
    expect((await done)?.successful).toHaveLength(1)
    expect(finished()).toBe(large)
  })
})
