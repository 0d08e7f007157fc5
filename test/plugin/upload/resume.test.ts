// A large file that is added again after a reload goes on where it was.
import { describe, expect, it } from 'vitest'
import { large, partText, useLargeFile } from '../large-file.js'
import { errorReply, pass } from '../world.js'

const { world, told, openPage, add, crashHalfway, uploadIn, sentParts, finished } = useLargeFile()

describe('after a reload', () => {
  it('only the missing parts are sent, and the user is told', async () => {
    await crashHalfway()
    const page = openPage()
    add(page)
    const result = await uploadIn(page)
    expect(result?.successful).toMatchObject([{ response: { body: { key: 'key of large.txt' } } }])
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(world.current.routes().map(({ route }) => route)).toEqual([
      'config',
      'unfinished',
      'create',
      'complete',
    ])
    expect(world.current.uploads.size).toBe(1)
    expect(finished()).toBe(large)
    expect(told).toEqual(['Resuming “large.txt” at 57 %.'])
  })

  it('nothing more is told once the first progress has made the page close Uppy', async () => {
    await crashHalfway()
    const page = openPage()
    add(page)
    page.once('upload-progress', () => page.destroy())
    void page.upload()
    await pass(1000)
    expect(told).toEqual([])
  })

  it('of 1,300 parts, the 1,200 that S3 has are kept', async () => {
    const content = 'abcde'.repeat(1300)
    const first = openPage({ limit: 50 })
    add(first, content)
    world.current.onTransfer = ({ partNumber }) => (partNumber > 1200 ? 'hold' : undefined)
    void first.upload()
    await pass(5000)
    first.destroy()
    expect(world.current.upload().parts.size).toBe(1200)
    world.current.onTransfer = () => undefined
    world.current.requests.length = 0
    const page = openPage()
    add(page, content)
    expect((await uploadIn(page, 5000))?.successful).toHaveLength(1)
    expect(sentParts().sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => 1201 + index))
    expect(world.current.uploads.size).toBe(1)
    expect(finished()).toBe(content)
  })

  it('what S3 already has shows at once', async () => {
    await crashHalfway()
    const page = openPage()
    const id = add(page)
    world.current.onTransfer = () => 'hold'
    void page.upload()
    await pass(300)
    expect(page.getFile(id).progress.bytesUploaded).toBe(15)
  })

  it('a file that is done is a new file: it is uploaded anew', async () => {
    for (const name of ['first', 'second']) {
      const page = openPage()
      add(page)
      expect((await uploadIn(page))?.successful, name).toHaveLength(1)
      page.destroy()
    }
    expect(world.current.uploads.size).toBe(2)
    expect(told).toEqual([])
  })

  it('what was put together when nobody was there is completed, and nothing of it is sent', async () => {
    await crashHalfway()
    const upload = world.current.upload()
    for (const partNumber of [4, 5, 6]) upload.parts.set(partNumber, partText(partNumber))
    upload.finished = true
    const page = openPage()
    add(page)
    expect((await uploadIn(page))?.successful).toHaveLength(1)
    expect(world.current.requests).toEqual([])
    expect(world.current.uploads.size).toBe(1)
    expect(upload.completed).toBe(true)
  })

  it('but not for another file that is known by the same: that is compared, and uploaded', async () => {
    const big = (middle: string) => 'a'.repeat(64 * 1024) + middle + 'b'.repeat(64 * 1024)
    const PART_SIZE = 20_000
    Object.assign(world.current, { checksum: 'md5', partSize: PART_SIZE })
    const first = openPage({ limit: 1 })
    add(first, big('X'))
    world.current.onTransfer = ({ partNumber }) => (partNumber === 7 ? 'hold' : undefined)
    void first.upload()
    await pass(3000)
    first.destroy()
    const upload = world.current.upload()
    upload.parts.set(7, big('X').slice(6 * PART_SIZE))
    upload.finished = true
    world.current.onTransfer = () => undefined
    const page = openPage()
    add(page, big('Y'))
    expect((await uploadIn(page))?.successful).toHaveLength(1)
    expect(finished() === big('Y')).toBe(true)
    expect(world.current.uploads.size).toBe(2)
  })

  it('before the page heard of its upload, the same one goes on', async () => {
    const left = openPage()
    add(left)
    await pass(100)
    world.current.latencyMs = 1000
    void left.upload()
    await pass(500)
    expect(world.current.routes('create')).toHaveLength(1)
    left.destroy()
    await pass(1000)
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 20_000))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(1)
    expect(told).toEqual([])
  })

  it.each(['upload_gone', 'ticket_expired', 'ticket_invalid', 'ticket_wrong_kind'])(
    'a paused upload whose ticket is answered with %s is created again, by the same key',
    async (code) => {
      const page = openPage({ limit: 1 })
      add(page)
      world.current.onTransfer = ({ partNumber }) => (partNumber === 4 ? 'hold' : undefined)
      const done = page.upload()
      await pass(2000)
      page.pauseAll()
      world.current.onTransfer = () => undefined
      const { ticket, idempotencyKey } = world.current.upload()
      world.current.onCall = ({ route, body }) => {
        if (world.current.routes('create').length > 1) return undefined
        const refusal = { error: 'No.', code, status: 403 }
        if (body?.tickets?.includes(ticket)) return Response.json({ uploads: [refusal] })
        return route === 'parts' ? errorReply(403, code, 'No.') : undefined
      }
      page.resumeAll()
      await pass(3000)
      const again = world.current.routes('create').at(-1)?.body.files[0]
      expect(again).toMatchObject({ idempotencyKey, owner: 'ada' })
      expect((await done)?.successful).toHaveLength(1)
      expect(finished()).toBe(large)
    },
  )

  it.each([
    ['another content', `${large.slice(0, -1)}Z`, {}],
    ['what is called otherwise', large, { name: 'other.txt' }],
    ['other metadata', large, { meta: { album: 'other' } }],
  ])('%s is another file', async (_, content, more) => {
    await crashHalfway()
    const page = openPage()
    add(page, content, more)
    expect((await uploadIn(page))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(content)
  })

  it('that is so, too, if the server had not told what goes in parts', async () => {
    world.current.onCall = ({ route }) => (route === 'config' ? errorReply(500, 'oops', 'Oops.') : undefined)
    await crashHalfway()
    const page = openPage()
    add(page)
    await uploadIn(page)
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(world.current.uploads.size).toBe(1)
  })

  it('another person’s upload is not gone on with', async () => {
    await crashHalfway()
    world.current.owner = 'eve'
    const page = openPage()
    add(page)
    await uploadIn(page)
    expect(world.current.uploads.size).toBe(2)
    expect(world.current.upload()).toMatchObject({ owner: 'eve', completed: true })
  })
})

describe('equal files of one page', () => {
  it('are uploads of their own, in two Uppys, and find them again', async () => {
    const begin = async () => {
      const pages = [openPage({ limit: 2 }), openPage({ limit: 2 })]
      for (const page of pages) add(page)
      const done = pages.map((page) => page.upload())
      await pass(3000)
      return { pages, done }
    }
    world.current.onTransfer = ({ partNumber }) => (partNumber < 4 ? undefined : 'hold')
    const { pages } = await begin()
    expect([...world.current.uploads.values()].map(({ parts }) => parts.size)).toEqual([3, 3])
    for (const page of pages) page.destroy()
    world.current.onTransfer = () => undefined
    world.current.requests.length = 0
    const { done } = await begin()
    for (const result of await Promise.all(done)) expect(result?.successful).toHaveLength(1)
    expect(sentParts().sort()).toEqual([4, 4, 5, 5, 6, 6])
    expect([...world.current.uploads.values()].map(({ completed }) => completed)).toEqual([true, true])
  })
})
