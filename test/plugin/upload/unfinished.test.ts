// unfinished(), discard(), continueWith() and continueUnfinished(): what the server lists, and what a page can do with it.
import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import type Partway from '../../../plugin/src/index.js'
import { type PartwayBody, rememberHandle } from '../../../plugin/src/index.js'
import { large, lastModified, type Page, useLargeFile } from '../large-file.js'
import { errorReply, pass } from '../world.js'

// IndexedDB copies handles, and of a fake one nothing but data would be left.
vi.mock('../../../plugin/src/upload/kept-handles.js', async (original) => ({
  ...(await original<typeof import('../../../plugin/src/upload/kept-handles.js')>()),
  readAgain: async ({ name }: FileSystemFileHandle) => {
    const file = fileOf(large, name)
    rememberHandle(file, handle)
    return file
  },
}))
const handle = { kind: 'file', name: 'large.txt' } as FileSystemFileHandle

const { world, told, failed, openPage, add, crashHalfway, uploadIn, sentParts, finished } = useLargeFile()
const ID = 'id-of-ticket-1'

function fileOf(content: string, name = 'large.txt', modified = lastModified): File {
  return new File([content], name, { type: 'text/plain', lastModified: modified })
}
const plugin = (page: Page) => page.getPlugin('Partway') as Partway<Record<string, unknown>, PartwayBody>

async function settle<T>(promise: Promise<T>, ms = 500): Promise<T> {
  // Its failure is the test's to see, but not before the time has passed.
  promise.catch(() => {})
  await pass(ms)
  return await promise
}
const list = (page: Page, after?: string) => settle(plugin(page).unfinished({ after }))
const pick = (page: Page, data: File, id = ID) => settle(plugin(page).continueWith(id, data), 5000)

/** As if it had been begun in another browser. */
async function crashElsewhere(isKms = false): Promise<void> {
  world.current.checksum = isKms ? undefined : 'md5'
  await crashHalfway()
  Object.assign(world.current.upload(), { idempotencyKey: 'of-another-browser', browser: 'another-browser' })
}

describe('unfinished()', () => {
  it('lists what the server knows', async () => {
    await crashHalfway()
    expect(await list(openPage())).toEqual([
      {
        id: ID,
        name: 'large.txt',
        type: 'text/plain',
        size: 26,
        bytesUploaded: 15,
        createdAt: new Date(1_700_000_000_000),
        expiresAt: expect.any(Date),
        startedHere: true,
        running: false,
        hasHandle: false,
      },
    ])
  })

  it('tells what was begun in another browser, and what runs in this one', async () => {
    await crashElsewhere()
    const page = openPage()
    add(page, large.toUpperCase())
    world.current.onTransfer = () => 'hold'
    void page.upload()
    await pass(500)
    expect(await list(page)).toMatchObject([
      { startedHere: false, running: false },
      { startedHere: true, running: true },
    ])
    page.pauseAll()
    expect(await list(page)).toMatchObject([{}, { running: false }])
  })

  it('has pages', async () => {
    world.current.listed = 1
    await crashElsewhere()
    const other = openPage()
    add(other, large.toUpperCase())
    world.current.onTransfer = () => 'hold'
    void other.upload()
    await pass(500)
    const [first] = await list(other)
    const [second] = await list(other, first?.id)
    expect([first?.id, second?.id]).toEqual([ID, 'id-of-ticket-2'])
    expect(await list(other, second?.id)).toEqual([])
  })

  it('rejects, in the page’s language, if the server cannot be asked', async () => {
    world.current.onCall = ({ route }) =>
      route === 'unfinished' ? errorReply(401, 'not_signed_in', 'Sign in.') : undefined
    await expect(list(openPage())).rejects.toMatchObject({ name: 'PartwayError', code: 'not_signed_in' })
  })

  it('the page hears when to ask again: of an upload that begins, ends or is given up', async () => {
    const page = openPage()
    let changes = 0
    page.on('partway:unfinished-changed', () => {
      changes++
    })
    add(page)
    world.current.onTransfer = () => 'hold'
    void page.upload()
    await pass(500)
    expect(changes).toBe(1)
    page.pauseAll()
    await pass(500)
    expect(changes).toBe(2)
    page.cancelAll()
    await pass(500)
    expect(changes).toBe(3)
  })

  it('and of one that has ended in another browser, once the page wants anything of it', async () => {
    const page = openPage()
    let changes = 0
    page.on('partway:unfinished-changed', () => {
      changes++
    })
    await settle(plugin(page).discard('ended'))
    await pass(500)
    expect(changes).toBe(1)
    await expect(pick(page, fileOf(large), 'ended')).rejects.toMatchObject({ code: 'upload_unknown' })
    await pass(500)
    expect(changes).toBe(2)
  })
})

describe('discard()', () => {
  it('has the server abort it', async () => {
    await crashHalfway()
    const page = openPage()
    await settle(plugin(page).discard(ID))
    expect(world.current.upload().aborted).toBe(true)
    expect(await list(page)).toEqual([])
    await settle(plugin(page).discard('nothing'))
  })

  it('stops it where it runs, and Uppy has its file no more', async () => {
    const page = openPage()
    add(page)
    world.current.onTransfer = () => 'hold'
    void page.upload()
    await pass(500)
    const removed: string[] = []
    page.on('file-removed', ({ name }) => removed.push(String(name)))
    await settle(plugin(page).discard(ID))
    expect(removed).toEqual(['large.txt'])
    expect(world.current.active).toEqual([])
    expect(world.current.upload()).toMatchObject({ aborted: true, parts: new Map() })
    expect([failed, page.getFiles()]).toEqual([[], []])
  })

  it('leaves another upload alone that the host has given the same key', async () => {
    await crashHalfway()
    const page = openPage()
    add(page, large.toUpperCase())
    world.current.onTransfer = () => 'hold'
    void page.upload()
    await pass(500)
    await settle(plugin(page).discard(ID))
    expect([...world.current.uploads.values()].map(({ aborted }) => aborted)).toEqual([true, undefined])
    expect(page.getFiles()).toHaveLength(1)
  })

  it('rejects if the server does not answer in time', async () => {
    await crashHalfway()
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const timeout = new AbortController()
      setTimeout(() => timeout.abort(new DOMException('Too late.', 'TimeoutError')), ms)
      return timeout.signal
    })
    world.current.onCall = ({ route }) =>
      route === 'abort' ? errorReply(503, 's3_busy', 'Busy.', { 'retry-after': '5' }) : undefined
    await expect(settle(plugin(openPage()).discard(ID), 12_000)).rejects.toMatchObject({
      code: 'network_error',
    })
  })

  it('rejects if the server cannot abort it', async () => {
    await crashHalfway()
    world.current.onCall = ({ route }) =>
      route === 'abort' ? errorReply(403, 's3_access_denied', 'No.') : undefined
    await expect(settle(plugin(openPage()).discard(ID))).rejects.toMatchObject({ code: 's3_access_denied' })
  })
})

describe('continueWith()', () => {
  it('goes on with the file of another browser’s upload, which keeps what was said of it', async () => {
    await crashElsewhere()
    const page = openPage()
    await pick(page, fileOf(large, 'moved.txt', lastModified + 1))
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(world.current.uploads.size).toBe(1)
    expect(world.current.upload().completed).toBe(true)
    expect(page.getFiles()).toMatchObject([{ name: 'large.txt', progress: { uploadComplete: true } }])
    expect(finished()).toBe(large)
    expect(told).toEqual(['Resuming “large.txt” at 57 %.'])
  })

  it('belongs to who began it', async () => {
    await crashElsewhere()
    world.current.onTransfer = () => 'hold'
    const page = openPage({ limit: 1 })
    await pick(page, fileOf(large))
    page.pauseAll()
    world.current.owner = 'eve'
    page.resumeAll()
    await pass(2000)
    expect(failed).toMatchObject([{ code: 'signed_in_as_other' }])
    expect(world.current.uploads.size).toBe(1)
  })

  it('compares before anything is sent: another file touches nothing', async () => {
    await crashElsewhere()
    const page = openPage()
    const other = `${large.slice(0, 11)}X${large.slice(12)}`
    await pick(page, fileOf(other))
    expect(failed).toMatchObject([{ code: 'file_differs' }])
    expect(world.current.requests).toEqual([])
    expect(world.current.uploads.size).toBe(1)
    expect(world.current.upload()).not.toHaveProperty('aborted')
    expect(world.current.routes('sign')).toEqual([])
    expect(world.current.routes('parts').filter(({ body }) => body.sign)).toEqual([])
    // Nor does a retry.
    void page.retryAll()
    await pass(2000)
    expect(failed).toHaveLength(2)
    expect(world.current.requests).toEqual([])
    // Nor does the user who removes the file that was the wrong one.
    page.cancelAll()
    await pass(2000)
    expect(world.current.upload()).not.toHaveProperty('aborted')
    expect(world.current.upload().parts.size).toBe(3)
  })

  it('a file of another size is refused at once', async () => {
    await crashElsewhere()
    const page = openPage()
    await expect(pick(page, fileOf(`${large}.`))).rejects.toMatchObject({
      code: 'file_differs',
      message: '“large.txt” is not the file of this upload. Pick the right one.',
    })
    expect(page.getFiles()).toEqual([])
  })

  it('what cannot be compared is another upload, and the older one stays', async () => {
    await crashElsewhere(true)
    const page = openPage()
    await pick(page, fileOf(large.toUpperCase()))
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(large.toUpperCase())
    expect([...world.current.uploads.values()][0]?.parts.size).toBe(3)
  })

  it('so is one whose whole nobody verifies', async () => {
    await crashElsewhere()
    world.current.checksumsOf = (text) => ({ md5: createHash('md5').update(text).digest('base64') })
    world.current.checksum = undefined
    await pick(openPage(), fileOf(`${large.slice(0, -1)}Z`))
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(`${large.slice(0, -1)}Z`)
  })

  it('so is one of which S3 has nothing', async () => {
    await crashElsewhere()
    world.current.upload().parts.clear()
    await pick(openPage(), fileOf(large.toUpperCase()))
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(large.toUpperCase())
  })

  it('what becomes an object meanwhile is not taken for the file', async () => {
    await crashElsewhere()
    const older = world.current.upload()
    const page = openPage()
    world.current.onCall = ({ route }) => {
      if (route === 'parts') older.completed = true
      return undefined
    }
    await pick(page, fileOf(large.toUpperCase()))
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(large.toUpperCase())
  })

  it('the file itself is known by its key, also where nothing can be compared', async () => {
    await crashHalfway()
    await pick(openPage(), fileOf(large))
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(world.current.uploads.size).toBe(1)
  })

  it('an upload without a key goes on by its ticket', async () => {
    await crashElsewhere()
    world.current.upload().idempotencyKey = undefined
    await pick(openPage(), fileOf(large))
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(world.current.uploads.size).toBe(1)
  })

  it('waits where the upload runs, and then does not take its object for the file’s', async () => {
    world.current.checksum = 'md5'
    const page = openPage({ limit: 1 })
    add(page)
    world.current.onTransfer = ({ partNumber }) => (partNumber === 6 ? 'hold' : undefined)
    void page.upload()
    await pass(1000)
    const other = openPage()
    await pick(other, fileOf(large.toUpperCase()))
    expect(world.current.uploads.size).toBe(1)
    const [last] = world.current.active
    world.current.onTransfer = () => undefined
    last?.respond(503)
    await pass(10_000)
    const [first, second] = [...world.current.uploads.values()]
    expect([first, second].map((upload) => upload && world.current.content(upload))).toEqual([
      large,
      large.toUpperCase(),
    ])
    expect(failed).toEqual([])
  })

  it('says it in the page’s language if there is no such upload', async () => {
    const page = openPage({ locale: { strings: { upload_unknown: 'Unbekannt: %{name}' } } as never })
    await expect(pick(page, fileOf(large), 'nothing')).rejects.toMatchObject({
      code: 'upload_unknown',
      message: 'Unbekannt: large.txt',
    })
  })

  it('starts no other file, and only adds it if `onBeforeUpload` says no', async () => {
    await crashElsewhere()
    const page = openPage()
    page.addFile({ name: 'new.txt', data: new Blob(['new']) })
    page.setOptions({ onBeforeUpload: () => false })
    await pick(page, fileOf(large))
    expect(world.current.requests).toEqual([])
    page.setOptions({ onBeforeUpload: () => true })
    page.removeFile(page.getFiles()[0]?.id ?? '')
    await uploadIn(page)
    expect(sentParts().sort()).toEqual([4, 5, 6])
  })

  it('starts it if `onBeforeUpload` returns null, and keeps all files', async () => {
    await crashElsewhere()
    const page = openPage()
    page.addFile({ name: 'new.txt', data: new Blob(['new']) })
    page.setOptions({ onBeforeUpload: (() => null) as never })
    await pick(page, fileOf(large))
    expect(page.getFiles()).toMatchObject([
      { name: 'new.txt', progress: { uploadStarted: null } },
      { name: 'large.txt', progress: { uploadComplete: true } },
    ])
    expect(sentParts().sort()).toEqual([4, 5, 6])
  })
})

describe('continueUnfinished()', () => {
  const continueIn = (page: Page) => settle(plugin(page).continueUnfinished(), 5000)

  it('starts the files that could be read again, and no others; nothing is kept of them once they are done', async () => {
    await crashHalfway({}, handle)
    const page = openPage()
    expect(await list(page)).toMatchObject([{ hasHandle: true }])
    page.addFile({ name: 'new.txt', data: new Blob(['new']) })
    expect(await continueIn(page)).toBe(1)
    expect(page.getFiles()).toMatchObject([
      { name: 'new.txt', progress: { uploadStarted: null } },
      { name: 'large.txt', progress: { uploadComplete: true } },
    ])
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(await continueIn(page)).toBe(0)
  })

  it('only adds them if `onBeforeUpload` says no', async () => {
    await crashHalfway({}, handle)
    const page = openPage()
    page.setOptions({ onBeforeUpload: () => false })
    expect(await continueIn(page)).toBe(1)
    expect(page.getFiles()).toMatchObject([{ name: 'large.txt', progress: { uploadStarted: null } }])
    expect(world.current.requests).toEqual([])
  })

  it('gives preprocessors no file that a listener of `upload` removes', async () => {
    await crashHalfway({}, handle)
    const page = openPage()
    const given: string[] = []
    page.addPreProcessor(async (ids) => void given.push(...ids))
    page.once('upload', (_, files) => page.removeFiles(files.map(({ id }) => id)))
    expect(await continueIn(page)).toBe(1)
    expect(given).toEqual([])
    expect(failed).toEqual([])
  })

  it('adds nothing once the plugin has been removed', async () => {
    await crashHalfway({}, handle)
    const page = openPage()
    await pass(500)
    const count = plugin(page).continueUnfinished()
    await Promise.resolve()
    page.removePlugin(plugin(page))
    expect(await settle(count, 5000)).toBe(0)
    expect(page.getFiles()).toEqual([])
  })

  it('leaves out what Uppy does not take', async () => {
    await crashHalfway({}, handle)
    const page = openPage()
    page.setOptions({ restrictions: { allowedFileTypes: ['.mp4'] } })
    expect(await continueIn(page)).toBe(1)
    expect(page.getFiles()).toEqual([])
    expect(told).toHaveLength(1)
  })

  it('without IndexedDB there is nothing to read again, and all else is well', async () => {
    vi.stubGlobal('indexedDB', undefined)
    await crashHalfway({}, handle)
    expect(await list(openPage())).toMatchObject([{ hasHandle: false }])
  })
})
