// Files on drives that fail for a moment, do not answer, or are gone.
import '../../../plugin/src/checksums/hash-blob.js'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { WaitingFile } from '../../../plugin/src/index.js'
import { pass, setOnline } from '../world.js'
import { usePage } from './uppy-page.js'

const page = usePage()

/** Files of digits are on this drive; all others can be read. */
let drive: 'answers' | 'fails' | 'hangs'
let plug: () => void
/** In more parts than are read ahead. */
const onDrive = '0123456789'.repeat(30)
const allParts = Array.from({ length: 60 }, (_, index) => index + 1)
const elsewhere = 'abcdefghijklmnopqrstuvwxyz'
const told: string[] = []
const WAITS = '“film” cannot be read: its drive does not answer. The upload goes on by itself when it does.'

const waiting = (id: string) => (page.file(id) as WaitingFile).waiting
const sent = (name: string) => {
  const { ticket } = page.world.upload(name)
  return page.world.requests
    .filter(({ url }) => url.includes(`${ticket}/`))
    .map((request) => request.partNumber)
}
/** S3 has so many of its parts when the drive does that. */
const when = (partCount: number, becomes: typeof drive) => {
  page.world.onTransfer = () => {
    if (page.world.upload('film').parts.size >= partCount) drive = becomes
    return undefined
  }
}

beforeEach(() => {
  drive = 'answers'
  let plugged = Promise.resolve()
  told.length = 0
  const { world, uppy } = page
  world.checksum = 'md5'
  uppy.on('info-visible', () => told.push(...uppy.getState().info.map(({ message }) => String(message))))
  const unplugged = () => {
    plugged = new Promise((resolve) => {
      plug = () => {
        drive = 'answers'
        resolve()
      }
    })
  }
  unplugged()
  vi.spyOn(Blob.prototype, 'stream').mockImplementation(function (this: Blob) {
    return new ReadableStream({
      pull: async (controller) => {
        const bytes = new Uint8Array(await this.arrayBuffer())
        const isOnDrive = bytes.length > 0 && /\d$/.test(new TextDecoder().decode(bytes))
        if (isOnDrive && drive === 'hangs') await plugged
        if (isOnDrive && drive === 'fails') return controller.error(new TypeError('network error'))
        if (bytes.length > 0) controller.enqueue(bytes)
        controller.close()
      },
    })
  })
})

describe('a drive that does not answer', () => {
  it('keeps only its own file waiting, and the user is told which; that goes on when it answers', async () => {
    const film = page.add('film', onDrive)
    const other = page.add('other', elsewhere)
    when(2, 'hangs')
    void page.uppy.upload()
    await pass(30_000)
    expect(page.events).toEqual(['start film,other', 'success other'])
    expect(told).toEqual([WAITS])
    expect(waiting(film)).toBe(WAITS)
    expect(waiting(other)).toBeUndefined()
    plug()
    await pass(1000)
    expect(page.events.at(-1)).toBe('success film')
    expect(sent('film').toSorted((a, b) => a - b)).toEqual(allParts)
    expect(page.world.content(page.world.upload('film'))).toBe(onDrive)
    expect(waiting(film)).toBeUndefined()
  })

  it('keeps no file waiting even if many are on it', async () => {
    drive = 'hangs'
    for (let n = 0; n < 40; n++) page.add(`film ${n}`, `${n}${onDrive.slice(0, 20)}`)
    page.add('other', elsewhere)
    void page.uppy.upload()
    await pass(100_000)
    expect(page.events.slice(1)).toEqual(['success other'])
    plug()
    await pass(20_000)
    expect(page.events.filter((event) => event.startsWith('success film'))).toHaveLength(40)
  })

  it('nor if it stops to answer in the middle of many', async () => {
    for (let n = 0; n < 20; n++) page.add(n === 0 ? 'film' : `film ${n}`, `${n}${onDrive}`)
    when(1, 'hangs')
    void page.uppy.upload()
    await pass(1000)
    page.add('other', elsewhere)
    void page.uppy.upload()
    await pass(100_000)
    expect(page.events.filter((event) => event.startsWith('success'))).toEqual(['success other'])
  })

  it('is waited for until patience is over; a retry then goes on where the file was', async () => {
    const film = page.add('film', onDrive)
    when(2, 'hangs')
    void page.uppy.upload()
    await pass(300_000)
    expect(page.errors).toEqual([])
    await pass(10_000)
    expect(page.errors).toMatchObject([{ code: 'file_unreadable', isNetworkError: false }])
    plug()
    page.world.onTransfer = () => undefined
    page.world.requests = []
    void page.uppy.retryUpload(film)
    await pass(5000)
    expect(page.events.at(-1)).toBe('success film')
    expect(sent('film')).not.toContain(1)
    expect(page.world.uploads.size).toBe(1)
  })

  it('is waited for longer if there is no network, in which it may be', async () => {
    page.add('film', onDrive)
    when(2, 'hangs')
    void page.uppy.upload()
    await pass(10_000)
    setOnline(false)
    await pass(400_000)
    setOnline(true)
    plug()
    await pass(10_000)
    expect(page.events).toEqual(['start film', 'success film'])
  })

  it('is not waited for by who pauses or cancels', async () => {
    const film = page.add('film', onDrive)
    when(2, 'hangs')
    void page.uppy.upload()
    await pass(10_000)
    page.uppy.pauseResume(film)
    await pass(400_000)
    expect([waiting(film), page.errors]).toEqual([undefined, []])
    page.uppy.pauseResume(film)
    await pass(10_000)
    expect(waiting(film)).toBe(WAITS)
    page.uppy.removeFile(film)
    await pass(1000)
    expect(page.world.upload('film').aborted).toBe(true)
  })

  it('is what is told of, if it makes a transfer stop', async () => {
    const film = page.add('film', onDrive.slice(0, 5))
    page.world.onTransfer = () => {
      drive = 'hangs'
      return 'hold'
    }
    page.world.threshold = 100
    void page.uppy.upload()
    await pass(45_000)
    expect(told).toEqual([WAITS])
    expect(waiting(film)).toBe(WAITS)
    page.world.onTransfer = () => undefined
    plug()
    await pass(5000)
    expect(page.events).toEqual(['start film', 'success film'])
  })
})

describe('a drive that fails for a moment', () => {
  const blink = async () => {
    drive = 'fails'
    await pass(250)
    drive = 'answers'
  }

  it.each(['identified', 'hashed'])('is asked again, when a file is %s', async (doing) => {
    page.add('film', onDrive)
    if (doing === 'hashed') when(1, 'fails')
    else drive = 'fails'
    void page.uppy.upload()
    await pass(400)
    expect(drive).toBe('fails')
    page.world.onTransfer = () => undefined
    await blink()
    await pass(10_000)
    expect(page.events).toEqual(['start film', 'success film'])
    expect(sent('film').toSorted((a, b) => a - b)).toEqual(allParts)
  })

  // As in WebKit when a navigation begins.
  it.each([
    ['parts', onDrive],
    ['one request', onDrive.slice(0, 5)],
  ])('is asked again, when the browser cannot read what it sends in %s', async (_, content) => {
    page.add('film', content)
    page.world.onTransfer = () => (drive === 'fails' ? { status: 0 } : undefined)
    page.world.transferMs = 200
    void page.uppy.upload()
    await pass(150)
    await blink()
    await pass(10_000)
    expect(page.events).toEqual(['start film', 'success film'])
  })
})

describe('a drive that is gone', () => {
  it.each([
    ['identified', onDrive, 0],
    ['hashed', onDrive, 1],
    ['sent in parts', onDrive, 1],
    ['sent in one request', onDrive.slice(0, 5), 0],
  ])('fails the file that is %s, and no other', async (doing, content, partCount) => {
    const { world, uppy } = page
    if (doing === 'sent in parts') world.checksum = undefined
    page.add('film', content)
    page.add('other', elsewhere)
    if (partCount === 0) drive = 'fails'
    world.onTransfer = ({ url, body }) => {
      const film = [...world.uploads.values()].find(({ name }) => name === 'film')
      if (partCount > 0 && film && film.parts.size >= partCount) drive = 'fails'
      const isFilm = body instanceof FormData || url.includes(`${film?.ticket}/`)
      return isFilm && drive === 'fails' && doing !== 'hashed' ? { status: 0 } : undefined
    }
    void uppy.upload()
    await pass(4000)
    expect(page.errors).toEqual([])
    await pass(10_000)
    expect(page.errors).toMatchObject([{ code: 'file_unreadable', isNetworkError: false }])
    expect(page.errors[0]?.message).toContain('“film”')
    expect(page.events.slice(1).sort()).toEqual(['error film', 'success other'])
  })
})
