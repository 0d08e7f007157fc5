// Uploads begun in another browser: listed, gone on with when the user picks the file, given up.
import 'fake-indexeddb/auto'
// Loaded beforehand: the plugin's own imports of them would take time that the fake clock does not know of.
import '../../plugin/src/hash-blob.js'
import Uppy from '@uppy/core'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import Partway, {
  type PartwayBody,
  type PartwayOptions,
  rememberHandle,
  type UnfinishedUpload,
} from '../../plugin/src/index.js'
import { FakeLocks } from './fake-locks.js'
import { errorReply, pass, useWorld } from './world.js'

type Meta = Record<string, unknown>
type Page = Uppy<Meta, PartwayBody>

const world = useWorld()
const large = 'abcdefghijklmnopqrstuvwxyz'
const key = 'key of my film.txt'
let pages: Page[]
let told: string[]
let log: string[]

beforeEach(() => {
  pages = []
  told = []
  log = []
  world.current.unfinished = true
  world.current.checksum = 'md5'
  openBrowser()
})
afterEach(() => {
  for (const page of pages) page.destroy()
})

/** One that knows nothing of those before. */
function openBrowser(): void {
  vi.stubGlobal('indexedDB', new IDBFactory())
  vi.stubGlobal('navigator', { onLine: true, locks: new FakeLocks() })
}

function openPage(options: Partial<PartwayOptions> = {}): Page {
  const page: Page = new Uppy<Meta, PartwayBody>({
    logger: { debug: (line) => log.push(String(line)), warn() {}, error() {} },
  })
  page.use(Partway, { endpoint: '/uploads', ...options })
  page.on('info-visible', () => told.push(...page.getState().info.map(({ message }) => String(message))))
  pages.push(page)
  return page
}

const fileOf = (content: string, name = 'my film.txt') =>
  new File([content], name, { type: 'text/plain', lastModified: 1_700_000_000_000 })

function add(page: Page, data: File, meta: Meta = {}): string {
  return page.addFile({ name: data.name, type: data.type, data, meta })
}

/** Uploads three of six parts, then ends the page as a crash does. */
async function beginElsewhere(name = 'my film.txt', meta: Meta = { album: 'holidays' }): Promise<void> {
  const page = openPage({ limit: 1 })
  add(page, fileOf(large, name), meta)
  world.current.onTransfer = () => (world.current.upload(name).parts.size < 3 ? undefined : 'hold')
  void page.upload()
  await pass(3000)
  expect(world.current.upload(name).parts.size).toBe(3)
  world.current.onTransfer = () => undefined
  page.destroy()
  await pass(0)
  world.current.requests.length = 0
  world.current.calls.length = 0
  openBrowser()
}

const plugin = (page: Page) => page.getPlugin('Partway') as Partway<Meta, PartwayBody>

async function settle<T>(promise: Promise<T>, ms = 500): Promise<T> {
  // Its failure is the test's to see, but not before the time has passed.
  promise.catch(() => {})
  await pass(ms)
  return await promise
}

const list = (page: Page): Promise<UnfinishedUpload[]> => settle(plugin(page).unfinished())
const pick = (page: Page, data: File, id = key) => settle(plugin(page).continueWith(id, data), 5000)
const sentParts = () => world.current.requests.map(({ partNumber }) => partNumber).sort()
const content = () => world.current.content(world.current.upload())

describe('unfinished()', () => {
  it('lists what was begun elsewhere', async () => {
    await beginElsewhere()
    expect(await list(openPage())).toEqual([
      {
        id: key,
        name: 'my-film.txt',
        type: '',
        size: 26,
        bytesUploaded: 15,
        hasHandle: false,
        elsewhere: true,
        createdAt: new Date(1_700_000_000_000),
        expiresAt: expect.any(Date),
      },
    ])
  })

  it('lists what this browser began as its own, once', async () => {
    await beginElsewhere('elsewhere.txt')
    const page = openPage()
    add(page, fileOf(large, 'here.txt'))
    world.current.onTransfer = () => 'hold'
    void page.upload()
    await pass(500)
    expect(await list(page)).toMatchObject([
      { name: 'elsewhere.txt', elsewhere: true },
      { id: expect.stringMatching(/^[0-9a-f]+$/), name: 'here.txt', elsewhere: false },
    ])
  })

  it('lists its own alone where the server has no list, and does not ask for one', async () => {
    world.current.unfinished = false
    await beginElsewhere()
    expect(await list(openPage())).toEqual([])
    expect(world.current.routes('unfinished')).toEqual([])
  })

  it('lists its own, too, where the server fails to list', async () => {
    world.current.onCall = ({ route }) =>
      route === 'unfinished' ? errorReply(502, 's3_access_denied', 'Not allowed.') : undefined
    const page = openPage()
    add(page, fileOf(large))
    world.current.onTransfer = () => 'hold'
    void page.upload()
    await pass(500)
    expect(await list(page)).toMatchObject([{ name: 'my film.txt', elsewhere: false }])
    expect(log.join('\n')).toContain('Uploads that other browsers began are not known')
  })

  it('asks again for what the server can do, if it could not tell before', async () => {
    await beginElsewhere()
    world.current.onCall = () => errorReply(401, 'not_signed_in', 'Sign in.')
    const page = openPage()
    expect(await list(page)).toEqual([])
    world.current.onCall = () => undefined
    expect(await list(page)).toHaveLength(1)
  })
})

describe('a file of the same name, size and content that is added', () => {
  it('is uploaded anew: what was said of it elsewhere may differ', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    add(page, fileOf(large))
    await settle(page.upload(), 5000)
    expect(world.current.uploads.size).toBe(2)
  })
})

describe('continueWith()', () => {
  it('sends what is missing, says so, and makes one object', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    const uploaded: unknown[] = []
    page.on('upload-success', (file, response) => uploaded.push(file?.name, response.body?.key))
    await pick(page, fileOf(large, 'renamed.txt'))
    expect(uploaded).toEqual(['renamed.txt', key])
    expect(sentParts()).toEqual([4, 5, 6])
    expect(world.current.uploads.size).toBe(1)
    expect(content()).toBe(large)
    expect(world.current.upload()).toMatchObject({ completed: true, metadata: { album: 'holidays' } })
    expect(told).toEqual(['Resuming “renamed.txt” at 57 %.'])
    expect(await list(page)).toEqual([])
  })

  it('starts no other file, be it new or failed, and says when it is done', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    add(page, fileOf('failed', 'failed.txt'))
    world.current.onTransfer = () => ({ status: 400 })
    await settle(page.upload(), 1000)
    world.current.onTransfer = () => undefined
    add(page, fileOf('new', 'new.txt'))
    const told: unknown[] = []
    page.on('upload', (_, files) => told.push(files.map(({ name }) => name)))
    page.on('complete', ({ successful, failed }) =>
      told.push(
        successful?.map(({ name }) => name),
        failed,
      ),
    )
    await pick(page, fileOf(large, 'renamed.txt'))
    expect(told).toEqual([['renamed.txt'], ['renamed.txt'], []])
    const [failed, fresh] = page.getFiles()
    expect(failed).toMatchObject({ name: 'failed.txt', error: expect.any(String) })
    expect(fresh).toMatchObject({ name: 'new.txt', progress: { uploadStarted: null } })
    expect((await settle(page.upload(), 1000))?.successful).toMatchObject([{ name: 'new.txt' }])
  })

  it('only adds the file if `onBeforeUpload` says no, and it goes on when it is started', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    page.setOptions({ onBeforeUpload: () => false })
    await pick(page, fileOf(large, 'renamed.txt'))
    expect(world.current.requests).toEqual([])
    expect(page.getFiles()).toMatchObject([{ name: 'renamed.txt', progress: { uploadStarted: null } }])
    expect(page.getState()).toMatchObject({ currentUploads: {}, error: null })
    page.setOptions({ onBeforeUpload: () => true })
    await settle(page.upload(), 5000)
    expect(sentParts()).toEqual([4, 5, 6])
    expect(world.current.uploads.size).toBe(1)
  })

  it('starts what `onBeforeUpload` makes of the file', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    page.setOptions({
      onBeforeUpload: (files) =>
        Object.fromEntries(Object.entries(files).map(([id, file]) => [id, { ...file, source: 'mine' }])),
    })
    await pick(page, fileOf(large))
    expect(page.getFiles()).toMatchObject([{ source: 'mine', progress: { uploadComplete: true } }])
  })

  it('tells of a processor that fails as Uppy does', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    const errors: string[] = []
    page.on('error', ({ message }) => errors.push(message))
    page.addPreProcessor(() => Promise.reject(new Error('No.')))
    await pick(page, fileOf(large))
    expect(errors).toEqual(['No.'])
    expect(page.getState()).toMatchObject({ currentUploads: {}, error: 'No.' })
  })

  it('compares what S3 has with the file', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    const other = `${large.slice(0, 6)}X${large.slice(7)}`
    await pick(page, fileOf(other))
    expect(sentParts()).toEqual([2, 4, 5, 6])
    expect(content()).toBe(other)
  })

  it('also where parts go without a checksum', async () => {
    await beginElsewhere()
    world.current.checksum = undefined
    const page = openPage()
    await list(page)
    world.current.checksum = 'md5'
    const other = `${large.slice(0, 6)}X${large.slice(7)}`
    await pick(page, fileOf(other))
    expect(sentParts()).toEqual([2, 4, 5, 6])
    expect(content()).toBe(other)
  })

  it('sends all of it again where S3 tells no MD5', async () => {
    world.current.checksum = undefined
    await beginElsewhere()
    const page = openPage()
    await list(page)
    await pick(page, fileOf(large.toUpperCase()))
    expect(sentParts()).toEqual([1, 2, 3, 4, 5, 6])
    expect(content()).toBe(large.toUpperCase())
  })

  it('a file of another size is refused, and nothing happens', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    await expect(pick(page, fileOf(`${large}.`))).rejects.toMatchObject({
      name: 'PartwayError',
      code: 'file_differs',
      message: '“my film.txt” is not the file of this upload: its size differs. Pick the right one.',
    })
    expect(page.getFiles()).toEqual([])
    expect(world.current.requests).toEqual([])
  })

  it('says it in the page’s language', async () => {
    const page = openPage({ locale: { strings: { upload_unknown: 'Unbekannt: %{name}' } } as never })
    await expect(pick(page, fileOf(large), 'nothing')).rejects.toMatchObject({
      code: 'upload_unknown',
      message: 'Unbekannt: my film.txt',
    })
  })

  it('a file that Uppy does not take is not uploaded', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    page.setOptions({ restrictions: { allowedFileTypes: ['.mp4'] } })
    await expect(pick(page, fileOf(large))).rejects.toMatchObject({ isRestriction: true })
    expect(world.current.requests).toEqual([])
  })

  it('is this browser’s from then on: it goes on after a reload, and a reload later is compared again', async () => {
    world.current.checksum = undefined
    await beginElsewhere()
    const page = openPage({ limit: 1 })
    await list(page)
    const other = large.toUpperCase()
    world.current.onTransfer = ({ partNumber }) => (partNumber === 5 ? 'hold' : undefined)
    await pick(page, fileOf(other))
    page.destroy()
    await pass(100)
    world.current.onTransfer = () => undefined
    const again = openPage()
    expect(await list(again)).toMatchObject([{ name: 'my film.txt', elsewhere: false, size: 26 }])
    add(again, fileOf(other))
    expect((await settle(again.upload(), 5000))?.successful).toHaveLength(1)
    expect(content()).toBe(other)
    expect(world.current.uploads.size).toBe(1)
  })

  it('goes on after a pause, and is done only once', async () => {
    await beginElsewhere()
    const page = openPage({ limit: 1 })
    await list(page)
    const data = fileOf(large)
    world.current.onTransfer = () => 'hold'
    await pick(page, data)
    page.pauseAll()
    await pass(500)
    world.current.onTransfer = () => undefined
    page.resumeAll()
    await pass(5000)
    expect(world.current.upload()).toMatchObject({ completed: true })
    expect(content()).toBe(large)
    // The same file again is a new one.
    page.clear()
    add(page, data)
    await settle(page.upload(), 5000)
    expect(world.current.uploads.size).toBe(2)
  })

  it('starts over if it is gone meanwhile', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    const { ticket } = world.current.upload()
    world.current.onCall = ({ route, body }) => {
      if (route === 'parts' && body.ticket === ticket) return errorReply(410, 'upload_gone', 'Gone.')
      if (route !== 'complete' || body.tickets[0] !== ticket) return undefined
      return Response.json({ uploads: [{ error: 'Gone.', code: 'upload_gone', status: 410 }] })
    }
    await pick(page, fileOf(large))
    expect(world.current.uploads.size).toBe(2)
    expect(content()).toBe(large)
  })

  it('goes in parts also where the server would now send it whole', async () => {
    await beginElsewhere()
    world.current.threshold = 1000
    const page = openPage()
    await list(page)
    await pick(page, fileOf(large))
    expect(sentParts()).toEqual([4, 5, 6])
    expect(world.current.uploads.size).toBe(1)
  })

  it('keeps the handle that the page has told', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    const data = fileOf(large)
    // IndexedDB copies it, so it can be nothing but data.
    rememberHandle(data, { kind: 'file' } as FileSystemFileHandle)
    world.current.onTransfer = () => 'hold'
    await pick(page, data)
    expect(await list(page)).toMatchObject([{ hasHandle: true, elsewhere: false }])
  })

  it('also goes on with one of this browser, whose file was moved since', async () => {
    const begun = openPage({ limit: 1 })
    add(begun, fileOf(large), { album: 'holidays' })
    world.current.onTransfer = () => (world.current.upload().parts.size < 3 ? undefined : 'hold')
    void begun.upload()
    await pass(3000)
    world.current.onTransfer = () => undefined
    begun.destroy()
    await pass(0)
    world.current.requests.length = 0
    const page = openPage()
    const [{ id } = { id: '' }] = await list(page)
    const moved = new File([large], 'moved.txt', { type: 'text/plain', lastModified: 1_800_000_000_000 })
    world.current.onTransfer = () => 'hold'
    await pick(page, moved, id)
    // What it was picked for holds over a pause.
    page.pauseAll()
    await pass(500)
    world.current.requests.length = 0
    world.current.onTransfer = () => undefined
    page.resumeAll()
    await pass(5000)
    expect(page.getFiles()).toMatchObject([{ name: 'my film.txt', meta: { album: 'holidays' } }])
    expect(sentParts()).toEqual([4, 5, 6])
    expect(content()).toBe(large)
    expect(await list(page)).toEqual([])
  })
})

describe('discard()', () => {
  it('aborts what was begun elsewhere', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    await settle(plugin(page).discard(key))
    expect(world.current.upload().aborted).toBe(true)
    expect(await list(page)).toEqual([])
    await expect(pick(page, fileOf(large))).rejects.toMatchObject({ code: 'upload_unknown' })
  })

  it('says so if the server could not be told', async () => {
    await beginElsewhere()
    const page = openPage()
    await list(page)
    world.current.onCall = ({ route }) =>
      route === 'abort' ? errorReply(502, 's3_access_denied', 'Not allowed.') : undefined
    await expect(settle(plugin(page).discard(key))).rejects.toMatchObject({ code: 's3_access_denied' })
    expect(await list(page)).toHaveLength(1)
  })
})
