// What the user once said of a file comes back when it is added again.
import { describe, expect, it, vi } from 'vitest'
import { large, type Page, useLargeFile } from '../large-file.js'
import { errorReply, pass } from '../world.js'

const { world, openPage, add, uploadIn, sentParts, ...files } = useLargeFile()

/** Typed into the Dashboard. */
const TYPED = { name: 'My film.txt', title: 'Holidays' }

async function crashDescribed(options = {}): Promise<void> {
  const page = openPage({ limit: 1, ...options })
  const id = add(page, large, { meta: { title: '' } })
  page.setFileMeta(id, TYPED)
  world.current.onTransfer = () => (world.current.upload().parts.size < 3 ? undefined : 'hold')
  void page.upload()
  await pass(3000)
  page.destroy()
  world.current.onTransfer = () => undefined
  world.current.requests.length = 0
}
const metaOf = (page: Page, id: string) => page.getFile(id).meta

it('before it is started, where the user has not set it', async () => {
  await crashDescribed()
  const page = openPage()
  const id = add(page, large, { meta: { title: '' } })
  await pass(200)
  expect(metaOf(page, id)).toMatchObject(TYPED)
  expect((await uploadIn(page))?.successful).toHaveLength(1)
  expect(sentParts().sort()).toEqual([4, 5, 6])
  expect(world.current.uploads.size).toBe(1)
})

it('the start waits for it', async () => {
  await crashDescribed()
  world.current.latencyMs = 500
  const page = openPage()
  const id = add(page)
  expect((await uploadIn(page, 8000))?.successful).toHaveLength(1)
  expect(metaOf(page, id)).toMatchObject(TYPED)
  expect(world.current.uploads.size).toBe(1)
})

it('what the user types meanwhile stays, and makes another upload', async () => {
  await crashDescribed()
  const page = openPage()
  const id = add(page)
  page.setFileMeta(id, { title: 'Winter' })
  expect((await uploadIn(page))?.successful).toHaveLength(1)
  expect(metaOf(page, id)).toMatchObject({ title: 'Winter' })
  expect(world.current.uploads.size).toBe(2)
  expect(world.current.upload().metadata).toMatchObject({ title: 'Winter' })
})

it('only fields that go to the server come back', async () => {
  await crashDescribed()
  const upload = world.current.upload()
  const page = openPage({ allowedMetaFields: ['album'] })
  Object.assign(upload, { metadata: { title: 'Holidays', album: 'Sea' } })
  const id = add(page)
  await pass(200)
  expect(metaOf(page, id)).toMatchObject({ album: 'Sea', name: TYPED.name })
  expect(metaOf(page, id)).not.toHaveProperty('title')
})

describe('nobody is told, and the file is started without it, if the server', () => {
  it.each([
    ['refuses', () => errorReply(500, 'internal_error', 'Oops.')],
    ['does not answer', () => new Promise<never>(() => {})],
  ])('%s', async (_, answer) => {
    world.current.onCall = ({ route }) => (route === 'unfinished' ? answer() : undefined)
    const page = openPage()
    add(page)
    const done = page.upload()
    // The wait is on the browser's own clock.
    for (let tries = 0; tries < 100 && world.current.requests.length === 0; tries++) await pass(0)
    if (world.current.requests.length === 0) page.cancelAll()
    await pass(3000)
    expect((await done)?.failed).toEqual([])
    expect(files.told).toEqual([])
  })
})

it('of many files that are added at once, the last ones wait for those before, and nothing is forgotten', async () => {
  await crashDescribed()
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const timeout = new AbortController()
    setTimeout(() => timeout.abort(new DOMException('Too late.', 'TimeoutError')), ms)
    return timeout.signal
  })
  const { stream } = Blob.prototype
  // A slow drive.
  vi.spyOn(Blob.prototype, 'stream').mockImplementation(function slow(this: Blob) {
    const read = stream.call(this).getReader()
    return new ReadableStream({
      async pull(controller) {
        const { value } = await read.read()
        await new Promise((resolve) => setTimeout(resolve, 1000))
        if (value) controller.enqueue(value)
        else controller.close()
      },
    }) as ReturnType<Blob['stream']>
  })
  const page = openPage()
  for (let nth = 0; nth < 8; nth++) {
    page.addFile({ name: `${nth}.txt`, data: new File([large.toUpperCase()], `${nth}.txt`) })
  }
  const id = add(page)
  await pass(12_000)
  expect(metaOf(page, id)).toMatchObject(TYPED)
})

it('a file that is cancelled meanwhile and added again is not started by it', async () => {
  world.current.latencyMs = 1000
  const page = openPage()
  add(page)
  void page.upload()
  await pass(1500)
  page.cancelAll()
  add(page)
  await pass(8000)
  expect(page.getFiles()).toMatchObject([{ progress: { uploadStarted: null } }])
  expect(world.current.uploads.size).toBe(0)
})

it('what could not be asked when the file was added is asked when it is started', async () => {
  await crashDescribed()
  world.current.onCall = ({ route }) =>
    route === 'unfinished' ? errorReply(500, 'internal_error', 'Oops.') : undefined
  const page = openPage()
  const id = add(page)
  await pass(200)
  world.current.onCall = () => undefined
  expect((await uploadIn(page))?.successful).toHaveLength(1)
  expect(metaOf(page, id)).toMatchObject(TYPED)
  expect(world.current.uploads.size).toBe(1)
})

it('is not asked for small files', async () => {
  const page = openPage()
  add(page, 'abc')
  await uploadIn(page)
  expect(world.current.routes('unfinished')).toEqual([])
})
