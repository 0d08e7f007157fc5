// unfinished() and discard(): what this browser can go on with.
import { describe, expect, it, vi } from 'vitest'
import { large, lastModified, type Page, useLargeFile } from './large-file.js'
import { errorReply, pass, setOnline } from './world.js'

// IndexedDB copies handles, and of a fake one nothing but data would be left.
vi.mock('../../plugin/src/file-handles.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  readAgain: async ({ name, type, handle }: { name: string; type: string; handle?: object }) =>
    handle && new File([large], name, { type, lastModified }),
}))
const handle = { kind: 'file' } as FileSystemFileHandle

const { world, told, openPage, add, crashHalfway, sentParts } = useLargeFile()

describe('unfinished()', () => {
  const unfinished = (page: Page) => page.getPlugin('Partway')?.unfinished()

  it('lists what can be continued, with what S3 has of it', async () => {
    await crashHalfway()
    const page = openPage()
    const listed = unfinished(page)
    await pass(100)
    expect(await listed).toEqual([
      {
        id: expect.stringMatching(/^\w+$/),
        name: 'large.txt',
        type: 'text/plain',
        size: 26,
        bytesUploaded: 15,
        hasHandle: false,
        elsewhere: false,
        createdAt: expect.any(Date),
        expiresAt: expect.any(Date),
      },
    ])
  })

  it('says nothing of an upload that goes on by itself when there is no network', async () => {
    world.current.unfinished = true
    await crashHalfway()
    told.length = 0
    // On the clock of the world.
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const timeout = new AbortController()
      setTimeout(() => timeout.abort(), ms)
      return timeout.signal
    })
    const page = openPage()
    await pass(100)
    setOnline(false)
    const listed = unfinished(page)
    await pass(25_000)
    expect(await listed).toMatchObject([{ bytesUploaded: undefined }])
    expect(told).toEqual([])
  })

  it('discard() aborts on S3 and forgets', async () => {
    await crashHalfway()
    const page = openPage()
    const listed = unfinished(page)
    await pass(100)
    const discarded = page.getPlugin('Partway')?.discard((await listed)?.[0]?.id ?? '')
    await pass(100)
    await discarded
    expect(world.current.upload().aborted).toBe(true)
    expect(await unfinished(page)).toEqual([])
    await page.getPlugin('Partway')?.discard('nothing')
  })

  it('what is being cancelled is not in it, and S3 is not asked about it', async () => {
    const page = openPage()
    add(page)
    world.current.onTransfer = () => 'hold'
    void page.upload()
    await pass(500)
    const asked = world.current.routes('parts').length
    let letAbort = () => {}
    const held = new Promise<void>((resolve) => {
      letAbort = resolve
    })
    world.current.onCall = async ({ route }) => {
      if (route === 'abort') await held
      return undefined
    }
    page.cancelAll()
    const listed = unfinished(page)
    await pass(500)
    expect(await listed).toEqual([])
    expect(world.current.routes('parts')).toHaveLength(asked)
    letAbort()
    await pass(500)
    expect(world.current.upload().aborted).toBe(true)
  })

  it('what is cancelled is not in it', async () => {
    const page = openPage()
    add(page)
    world.current.onTransfer = () => 'hold'
    void page.upload()
    await pass(500)
    page.cancelAll()
    await pass(500)
    expect(world.current.upload().aborted).toBe(true)
    expect(await unfinished(page)).toEqual([])
  })

  it('what is cancelled while the server cannot be told stays in it', async () => {
    const page = openPage()
    add(page)
    world.current.onTransfer = () => 'hold'
    void page.upload()
    await pass(500)
    world.current.onCall = ({ route }) => (route === 'abort' ? new Promise(() => {}) : undefined)
    page.cancelAll()
    await pass(500)
    page.destroy()
    const next = openPage()
    const listed = unfinished(next)
    await pass(100)
    expect(await listed).toMatchObject([{ name: 'large.txt' }])
  })

  it('what the server no longer knows is forgotten', async () => {
    await crashHalfway()
    world.current.onCall = ({ route }) =>
      route === 'parts' ? errorReply(410, 'upload_gone', 'Gone.') : undefined
    const page = openPage()
    const listed = unfinished(page)
    await pass(100)
    expect(await listed).toEqual([])
    world.current.onCall = () => undefined
    expect(await unfinished(page)).toEqual([])
  })
})

describe('continueUnfinished()', () => {
  async function continueIn(page: Page): Promise<number | undefined> {
    const continued = page.getPlugin('Partway')?.continueUnfinished()
    await pass(5000)
    return await continued
  }

  it('starts the files that could be read again, and no others', async () => {
    await crashHalfway({}, handle)
    const page = openPage()
    page.addFile({ name: 'new.txt', data: new Blob(['new']) })
    expect(await continueIn(page)).toBe(1)
    expect(page.getFiles()).toMatchObject([
      { name: 'new.txt', progress: { uploadStarted: null } },
      { name: 'large.txt', progress: { uploadComplete: true } },
    ])
    expect(sentParts().sort()).toEqual([4, 5, 6])
  })

  it('only adds them if `onBeforeUpload` says no', async () => {
    await crashHalfway({}, handle)
    const page = openPage()
    page.setOptions({ onBeforeUpload: () => false })
    expect(await continueIn(page)).toBe(1)
    expect(page.getFiles()).toMatchObject([{ name: 'large.txt', progress: { uploadStarted: null } }])
    expect(world.current.requests).toEqual([])
  })

  it('leaves out what Uppy does not take', async () => {
    await crashHalfway({}, handle)
    const page = openPage()
    page.setOptions({ restrictions: { allowedFileTypes: ['.mp4'] } })
    expect(await continueIn(page)).toBe(1)
    expect(page.getFiles()).toEqual([])
    expect(told).toHaveLength(1)
  })
})
