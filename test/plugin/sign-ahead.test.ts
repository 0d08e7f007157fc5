// While the user looks at a file that was added again, what goes ahead once it is started is prepared.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { checksumPart, prepareChecksums } from '../../plugin/src/checksum.js'
import { fingerprint } from '../../plugin/src/fingerprint.js'
import { large, type Page, partText, useLargeFile } from './large-file.js'
import { errorReply, pass, type World } from './world.js'

vi.mock('../../plugin/src/checksum.js', { spy: true })
vi.mock('../../plugin/src/fingerprint.js', { spy: true })

const { world, told, failed, openPage, add, crashHalfway, uploadIn, sentParts, finished } = useLargeFile()
type Reply = Awaited<ReturnType<World['onCall']>>

beforeEach(() => {
  for (const spied of [fingerprint, prepareChecksums]) vi.mocked(spied).mockClear()
  world.current.checksum = 'md5'
})

/** Looks at the file after three parts of six, and when the fourth was under way. */
async function lookAgain(): Promise<Page> {
  await crashHalfway()
  vi.mocked(checksumPart).mockClear()
  const page = openPage({ limit: 2 })
  add(page)
  await pass(1000)
  return page
}
const signedParts = () => world.current.routes('sign').map(({ body }) => body.parts[0].partNumber)
/** Lets the server answer neither of the calls with which an upload goes on. */
const holdAll = () => {
  const held: (() => void)[] = []
  world.current.onCall = ({ route }) =>
    ['sign', 'parts'].includes(route)
      ? new Promise((resolve) => held.push(() => resolve(undefined)))
      : undefined
  return () => {
    world.current.onCall = () => undefined
    for (const answer of held) answer()
  }
}

it.each(['md5', 'crc32c', undefined] as const)('checksum %s: it is sent at once', async (checksum) => {
  world.current.checksum = checksum
  const page = await lookAgain()
  expect(signedParts()).toEqual([5])
  expect(sentParts()).toEqual([])
  const answer = holdAll()
  const done = page.upload()
  await pass(1000)
  expect(sentParts()).toEqual([5])
  answer()
  await pass(1000)
  expect((await done)?.successful).toHaveLength(1)
  expect(sentParts()).toEqual([5, 4, 6])
  expect(signedParts().filter((partNumber) => partNumber === 5)).toHaveLength(1)
  expect(finished()).toBe(large)
})

describe('while it is signed', () => {
  async function startMeanwhile() {
    await crashHalfway()
    const answer = holdAll()
    const page = openPage({ limit: 2 })
    add(page)
    await pass(100)
    const done = page.upload()
    await pass(100)
    expect(sentParts()).toEqual([])
    expect(signedParts()).toEqual([5])
    return { answer, page, done }
  }

  it('the file that was started waits for that', async () => {
    const { answer, done } = await startMeanwhile()
    answer()
    await pass(1000)
    expect((await done)?.successful).toHaveLength(1)
    expect(signedParts()).toEqual([5])
    expect(finished()).toBe(large)
  })

  it('a pause ends it', async () => {
    const { answer, page, done } = await startMeanwhile()
    const [call] = world.current.routes('sign')
    page.pauseAll()
    await pass(10)
    expect(call?.init.signal?.aborted).toBe(true)
    answer()
    page.resumeAll()
    await pass(2000)
    expect((await done)?.successful).toHaveLength(1)
    expect(finished()).toBe(large)
  })
})

it.each<[string, () => Reply]>([
  ['refuses', () => errorReply(403, 'not_allowed', 'No.')],
  ['cannot be reached', () => errorReply(503, 'server_unavailable', 'Later.')],
  [
    'answers with another part',
    () => Response.json({ parts: [{ partNumber: 1, url: '/', expiresIn: 900 }] }),
  ],
])('nobody is told that the server %s, and it is asked once the file is started', async (_, reply) => {
  world.current.onCall = ({ route }) => (route === 'sign' ? reply() : undefined)
  const page = await lookAgain()
  await pass(60_000)
  expect(signedParts()).toEqual([5])
  expect([told, failed]).toEqual([[], []])
  world.current.onCall = () => undefined
  expect((await uploadIn(page))?.successful).toHaveLength(1)
  expect(signedParts()).toEqual([5, 5])
  expect(finished()).toBe(large)
})

it('who looks for longer than the signature is good for has it signed again', async () => {
  world.current.expiresIn = 60
  const page = await lookAgain()
  await pass(100_000)
  expect((await uploadIn(page))?.successful).toHaveLength(1)
  expect(signedParts()).toEqual([5, 5])
  expect(sentParts().sort()).toEqual([4, 5, 6])
})

it('it is not sent if another tab has begun to send it meanwhile', async () => {
  const page = await lookAgain()
  const other = openPage({ limit: 1 })
  add(other)
  world.current.onTransfer = ({ partNumber }) => (partNumber === 5 ? undefined : 'hold')
  void other.upload()
  await pass(1000)
  other.destroy()
  world.current.requests.length = 0
  world.current.onTransfer = () => undefined
  const answer = holdAll()
  const done = page.upload()
  await pass(1000)
  expect(sentParts()).not.toContain(5)
  answer()
  await pass(2000)
  expect((await done)?.successful).toHaveLength(1)
  expect(sentParts()).not.toContain(5)
  expect(finished()).toBe(large)
})

it('it is not sent if the file goes on with another upload', async () => {
  const page = await lookAgain()
  world.current.upload().aborted = true
  const other = openPage({ limit: 1 })
  add(other)
  world.current.onTransfer = ({ partNumber }) => (partNumber < 4 ? undefined : 'hold')
  void other.upload()
  await pass(1000)
  other.destroy()
  expect(world.current.uploads.size).toBe(2)
  world.current.requests.length = 0
  world.current.onTransfer = () => undefined
  expect((await uploadIn(page))?.successful).toHaveLength(1)
  expect(world.current.requests.every(({ url }) => url.includes('ticket-2'))).toBe(true)
  expect(finished()).toBe(large)
})

it('nothing is asked for files that the browser does not know, and where all parts were begun', async () => {
  const page = openPage()
  add(page)
  await pass(1000)
  expect((await uploadIn(page))?.successful).toHaveLength(1)
  add(openPage())
  await pass(1000)
  expect(world.current.routes().map(({ route }) => route)).not.toContain('sign')
})

it('nor for more files than are sent at a time, or small ones', async () => {
  const names = ['a', 'b', 'c', 'd']
  const begun = openPage({ limit: 4 })
  world.current.onTransfer = () => 'hold'
  for (const name of names) add(begun, large, { name })
  void begun.upload()
  await pass(1000)
  begun.destroy()
  world.current.calls.length = 0
  const page = openPage({ limit: 2 })
  const file = (name: string, content: string) => ({
    name,
    type: 'text/plain',
    data: new File([content], 'large.txt', { type: 'text/plain', lastModified: 1_700_000_000_000 }),
  })
  page.addFiles([file('small', 'small'), ...names.map((name) => file(name, large))])
  await pass(1000)
  expect(world.current.routes('sign')).toHaveLength(2)
})

it('a file that is started when it is added signs its own', async () => {
  await crashHalfway()
  const page = openPage({ limit: 2 })
  await pass(1000)
  page.setOptions({ autoProceed: true })
  add(page)
  await pass(3000)
  expect(signedParts().filter((partNumber) => partNumber === 5)).toHaveLength(1)
  expect(finished()).toBe(large)
})

it('the page connects ahead with S3', async () => {
  world.current.storageOrigins = ['https://s3.test']
  const links = vi.spyOn(world.current.document.head, 'append')
  await lookAgain()
  expect(links.mock.calls.map(([{ href }]) => href)).toEqual(['https://s3.test'])
})

it('its checksum is computed once', async () => {
  const page = await lookAgain()
  expect((await uploadIn(page))?.successful).toHaveLength(1)
  const texts = await Promise.all(vi.mocked(checksumPart).mock.calls.map(([, blob]) => blob.text()))
  expect(texts.filter((text) => text === partText(5))).toHaveLength(1)
})

it('the file is read once to tell who it is, unless more is said of it', async () => {
  const page = await lookAgain()
  vi.mocked(fingerprint).mockClear()
  world.current.onTransfer = () => 'hold'
  void page.upload()
  await pass(100)
  expect(fingerprint).not.toHaveBeenCalled()
  page.destroy()
  const other = openPage()
  const id = add(other)
  await pass(100)
  expect(fingerprint).toHaveBeenCalledTimes(1)
  other.setFileMeta(id, { album: 'One' })
  void other.upload()
  await pass(100)
  expect(fingerprint).toHaveBeenCalledTimes(2)
})

it('what computes checksums is loaded when a page lists something unfinished', async () => {
  const list = async () => {
    vi.mocked(prepareChecksums).mockClear()
    const listed = openPage().getPlugin('Partway')?.unfinished()
    await pass(1000)
    return (await listed)?.length
  }
  expect(await list()).toBe(0)
  expect(prepareChecksums).not.toHaveBeenCalled()
  await crashHalfway()
  expect(await list()).toBe(1)
  expect(prepareChecksums).toHaveBeenCalledWith('md5')
})
