// A large file that is added again, after a reload or in another tab, goes on where it was.
import { describe, expect, it, vi } from 'vitest'
import type { WaitingFile } from '../../plugin/src/index.js'
import { large, type Page, useLargeFile } from './large-file.js'
import { errorReply, pass } from './world.js'

const { world, told, openPage, add, crashHalfway, uploadIn, sentParts, finished } = useLargeFile()

describe('after a reload', () => {
  it('only the missing parts are sent, and the user is told', async () => {
    await crashHalfway()
    const page = openPage()
    add(page)
    const result = await uploadIn(page)
    expect(result?.successful).toMatchObject([{ response: { body: { key: 'key of large.txt' } } }])
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(world.current.routes('create')).toEqual([])
    expect(world.current.uploads.size).toBe(1)
    expect(finished()).toBe(large)
    expect(told).toEqual(['Resuming “large.txt” at 57 %.'])
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

  it('what was completed when nobody was there to hear it is completed, and not sent again', async () => {
    const page = openPage()
    add(page)
    world.current.onCall = ({ route }) => {
      if (route === 'complete') page.destroy()
      return undefined
    }
    void page.upload()
    await pass(3000)
    expect(world.current.upload().completed).toBe(true)
    world.current.onCall = () => undefined
    world.current.requests.length = 0
    const next = openPage()
    add(next)
    expect((await uploadIn(next))?.successful).toHaveLength(1)
    expect(world.current.requests).toEqual([])
    expect(world.current.uploads.size).toBe(1)
  })

  it.each(['upload_gone', 'ticket_expired', 'ticket_not_yours'])('%s: it starts over, once', async (code) => {
    await crashHalfway()
    const { ticket } = world.current.upload()
    world.current.onCall = ({ route, body }) => {
      const itsOwn = body?.ticket === ticket || body?.tickets?.includes(ticket)
      if (!itsOwn) return undefined
      const refusal = { error: 'No.', code, status: 403 }
      return route === 'complete' ? Response.json({ uploads: [refusal] }) : errorReply(403, code, 'No.')
    }
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 5000))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(large)
    world.current.onCall = () => undefined
    expect(await page.getPlugin('Partway')?.unfinished()).toEqual([])
  })

  it.each([
    ['another content', `${large.slice(0, -1)}Z`, {}],
    ['another name', large, { name: 'other.txt' }],
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

  it("another person's upload is not gone on with", async () => {
    await crashHalfway({ owner: 'ada' })
    const page = openPage({ owner: 'eve' })
    add(page)
    await uploadIn(page)
    expect(world.current.uploads.size).toBe(2)
  })

  it('without IndexedDB all is well, and there is one warning', async () => {
    vi.stubGlobal('indexedDB', undefined)
    await crashHalfway()
    const page = openPage()
    add(page)
    expect((await uploadIn(page))?.successful).toHaveLength(1)
    expect(finished()).toBe(large)
  })
})

describe('two tabs with the same file', () => {
  it('send it once, and both succeed', async () => {
    const [first, second] = [openPage(), openPage()]
    for (const page of [first, second]) add(page)
    const log: string[] = []
    second.setOptions({ logger: { debug: (line) => log.push(String(line)), warn() {}, error() {} } })
    const results = Promise.all([first.upload(), second.upload()])
    const waiting = '“large.txt” is being uploaded in another tab. Waiting for it.'
    const state = () => second.getFiles()[0] as WaitingFile | undefined
    await vi.waitUntil(async () => {
      await pass(50)
      return state()?.waiting === waiting
    })
    expect(log).toContain(`[Partway] ${waiting}`)
    await pass(8000)
    expect(state()?.waiting).toBeUndefined()
    const uploaded = (await results).map((result) => result?.successful?.[0]?.uploadURL)
    expect(uploaded).toEqual(Array(2).fill('https://s3.test/bucket/large.txt'))
    expect(world.current.uploads.size).toBe(1)
    expect(sentParts().sort()).toEqual([1, 2, 3, 4, 5, 6])
    expect(told).toContain(waiting)
  })

  it('the second goes on when the first is closed', async () => {
    const [first, second] = [openPage({ limit: 1 }), openPage({ limit: 1 })]
    for (const page of [first, second]) add(page)
    world.current.onTransfer = () => (world.current.upload().parts.size < 2 ? undefined : 'hold')
    void first.upload()
    await pass(2000)
    const done = second.upload()
    await pass(1000)
    world.current.onTransfer = () => undefined
    first.destroy()
    await pass(4000)
    expect((await done)?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(1)
    expect(finished()).toBe(large)
  })

  /** The first has sent two parts and is paused, then the second begins. */
  async function pauseFirst(): Promise<{ first: Page; second: Page; done: ReturnType<Page['upload']> }> {
    const [first, second] = [openPage({ limit: 1 }), openPage({ limit: 1 })]
    for (const page of [first, second]) add(page)
    world.current.onTransfer = () => (world.current.upload().parts.size < 2 ? undefined : 'hold')
    const done = first.upload()
    await pass(2000)
    first.pauseAll()
    world.current.onTransfer = () => undefined
    return { first, second, done }
  }

  it('what the second has finished while the first was paused is found', async () => {
    const { first, second, done } = await pauseFirst()
    world.current.upload().aborted = true
    await uploadIn(second)
    expect(world.current.uploads.size).toBe(2)
    await pass(3_600_000)
    first.resumeAll()
    await pass(1000)
    expect((await done)?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(2)
  })

  it('the first goes on with what the second has begun anew', async () => {
    const { first, second, done } = await pauseFirst()
    world.current.upload().aborted = true
    world.current.onTransfer = () => (world.current.upload().parts.size < 3 ? undefined : 'hold')
    void second.upload()
    await pass(2000)
    second.pauseAll()
    world.current.onTransfer = () => undefined
    first.resumeAll()
    await pass(3000)
    expect((await done)?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(large)
  })

  it('removing it in the first does not disturb the second', async () => {
    const { first, second } = await pauseFirst()
    world.current.onTransfer = ({ partNumber }) => (partNumber === 4 ? 'hold' : undefined)
    const done = second.upload()
    await pass(2000)
    first.cancelAll()
    await pass(1000)
    expect(world.current.routes('abort')).toEqual([])
    world.current.onTransfer = () => undefined
    world.current.active[0]?.respond(500)
    await pass(5000)
    expect((await done)?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(1)
  })
})
