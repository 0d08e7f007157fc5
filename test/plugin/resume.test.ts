// A large file that is added again, after a reload or in another tab, goes on where it was.
import { createHash } from 'node:crypto'
import 'fake-indexeddb/auto'
// Loaded beforehand: the plugin's own imports of them would take time that the fake clock does not know of.
import 'idb'
import '../../plugin/src/checksum.js'
import '../../plugin/src/combine-checksums.js'
import Uppy from '@uppy/core'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hashBlob } from '../../plugin/src/hash-blob.js'
import Partway, { type PartwayBody, type PartwayOptions } from '../../plugin/src/index.js'
import { FakeLocks } from './fake-locks.js'
import { errorReply, pass, useWorld } from './world.js'

type Page = Uppy<Record<string, unknown>, PartwayBody>

const world = useWorld()
const large = 'abcdefghijklmnopqrstuvwxyz'
const partText = (partNumber: number) => large.slice((partNumber - 1) * 5, partNumber * 5)
const lastModified = 1_700_000_000_000
let pages: Page[]
let told: string[]

beforeEach(() => {
  pages = []
  told = []
  vi.stubGlobal('indexedDB', new IDBFactory())
  vi.stubGlobal('navigator', { onLine: true, locks: new FakeLocks() })
})
afterEach(() => {
  for (const page of pages) page.destroy()
})

/** A page as a reload makes it: nothing is left but what the browser keeps. */
function openPage(options: Partial<PartwayOptions> = {}): Page {
  const page: Page = new Uppy({ logger: { debug() {}, warn() {}, error() {} } })
  page.use(Partway, { endpoint: '/uploads', ...options })
  page.on('info-visible', () => told.push(...page.getState().info.map(({ message }) => String(message))))
  pages.push(page)
  return page
}

function add(page: Page, content = large, more: object = {}): string {
  const data = new File([content], 'large.txt', { type: 'text/plain', lastModified })
  return page.addFile({ name: 'large.txt', type: 'text/plain', data, ...more })
}

/** Uploads three of the six parts, then ends the page as a crash does. */
async function crashHalfway(options: Partial<PartwayOptions> = {}): Promise<void> {
  const page = openPage({ ...options, limit: 1 })
  add(page)
  world.current.onTransfer = () => (world.current.upload().parts.size < 3 ? undefined : 'hold')
  void page.upload()
  await pass(3000)
  expect(world.current.upload().parts.size).toBe(3)
  world.current.onTransfer = () => undefined
  page.destroy()
  await pass(0)
  world.current.requests.length = 0
  world.current.calls.length = 0
}

async function uploadIn(page: Page, ms = 3000) {
  const done = page.upload()
  await pass(ms)
  return await done
}

const sentParts = () => world.current.requests.map(({ url }) => Number(/\/(\d+)\?/.exec(url)?.[1]))
const finished = () => world.current.content(world.current.upload())

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
    const first = openPage()
    add(first, content)
    world.current.onTransfer = () => 'hold'
    void first.upload()
    await pass(500)
    first.destroy()
    for (let n = 1; n <= 1200; n++) world.current.upload().parts.set(n, 'abcde')
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

  it('what was completed while its answer was lost is completed, and not sent again', async () => {
    await crashHalfway()
    const upload = world.current.upload()
    for (const n of [4, 5, 6]) upload.parts.set(n, large.slice((n - 1) * 5, n * 5))
    world.current.onCall = ({ route }) =>
      route === 'parts' ? errorReply(410, 'upload_gone', 'Gone.') : undefined
    const page = openPage()
    add(page)
    expect((await uploadIn(page))?.successful).toHaveLength(1)
    expect(world.current.requests).toEqual([])
    expect(world.current.uploads.size).toBe(1)
  })

  it('what was completed when nobody was there to hear it is not uploaded again', async () => {
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
    const next = openPage()
    add(next)
    expect((await uploadIn(next))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(1)
  })

  it.each(['upload_gone', 'ticket_expired', 'ticket_invalid', 'ticket_not_yours'])(
    '%s: it starts over, once',
    async (code) => {
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
    },
  )

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

  it('without IndexedDB all is well, but for the resume, and there is one warning', async () => {
    vi.stubGlobal('indexedDB', undefined)
    await crashHalfway()
    const page = openPage()
    add(page)
    expect((await uploadIn(page))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(large)
  })
})

describe('with checksums', () => {
  beforeEach(() => {
    world.current.checksum = 'md5'
  })

  it('each part is sent with its MD5', async () => {
    const page = openPage()
    add(page)
    expect((await uploadIn(page))?.successful).toHaveLength(1)
    const sent = world.current.requests.map(({ partNumber, headers }) => [partNumber, headers['Content-MD5']])
    const md5 = (n: number) => createHash('md5').update(partText(n)).digest('base64')
    expect(Object.fromEntries(sent)).toEqual(Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [n, md5(n)])))
  })

  it('a part on S3 that is not the file’s is sent again, the others are kept', async () => {
    await crashHalfway()
    world.current.upload().parts.set(2, 'XXXXX')
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 5000))?.successful).toHaveLength(1)
    expect(sentParts().sort()).toEqual([2, 4, 5, 6])
    expect(finished()).toBe(large)
  })

  it('that is so, too, if the page is paused before it is sent again', async () => {
    await crashHalfway()
    world.current.upload().parts.set(1, 'XXXXX')
    const page = openPage()
    add(page)
    world.current.onTransfer = ({ partNumber }) => (partNumber === 1 ? 'hold' : undefined)
    const done = page.upload()
    await pass(2000)
    page.pauseAll()
    await pass(100)
    world.current.onTransfer = () => undefined
    page.resumeAll()
    await pass(4000)
    expect((await done)?.successful).toHaveLength(1)
    expect(finished()).toBe(large)
  })

  it('nor is it taken for stored while its answers are lost', async () => {
    await crashHalfway()
    world.current.upload().parts.set(2, 'XXXXX')
    const page = openPage()
    add(page)
    let lost = 4
    world.current.onTransfer = ({ partNumber }) =>
      partNumber === 2 && lost-- > 0 ? { status: 0 } : undefined
    expect((await uploadIn(page, 30_000))?.successful).toHaveLength(1)
    expect(finished()).toBe(large)
  })

  it('where S3 tells no MD5, the size has to do', async () => {
    await crashHalfway()
    world.current.checksumsOf = () => undefined
    const page = openPage()
    add(page)
    await uploadIn(page, 5000)
    expect(sentParts().sort()).toEqual([4, 5, 6])
  })
})

describe.each(['crc32c', 'crc64nvme', 'sha256'] as const)('with %s', (kind) => {
  const header = `x-amz-checksum-${kind}`
  const checksum = (text: string) => hashBlob(kind, new Blob([text]), new AbortController().signal)
  const known = new Map<string, string>()
  /** Of the whole, as the server heard it. */
  const whole = () => world.current.routes('complete').map(({ body }) => body.checksum)
  const expected = async () => [kind === 'sha256' ? undefined : await checksum(large)]

  beforeEach(async () => {
    for (const n of [1, 2, 3, 4, 5, 6]) known.set(partText(n), await checksum(partText(n)))
    known.set('XXXXX', await checksum('XXXXX'))
    world.current.checksum = kind
    world.current.checksumsOf = (text) => ({ [kind]: known.get(text) ?? '' })
  })

  it('each part is signed for its checksum and sent with it, and the whole is combined of them', async () => {
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 5000))?.successful).toHaveLength(1)
    for (const { partNumber, headers } of world.current.requests) {
      expect(headers).toEqual({ [header]: known.get(partText(partNumber)) })
    }
    expect(sentParts().sort()).toEqual([1, 2, 3, 4, 5, 6])
    expect(whole()).toEqual(await expected())
  })

  it('after a reload, what S3 has is compared, and what differs is sent again', async () => {
    await crashHalfway()
    world.current.upload().parts.set(2, 'XXXXX')
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 8000))?.successful).toHaveLength(1)
    expect(sentParts().sort()).toEqual([2, 4, 5, 6])
    expect(whole()).toEqual(await expected())
    expect(finished()).toBe(large)
  })

  it('a store that does not know the kind is asked for the MD5', async () => {
    world.current.checksumsOf = (text) => ({ md5: createHash('md5').update(text).digest('base64') })
    await crashHalfway()
    world.current.upload().parts.set(2, 'XXXXX')
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 8000))?.successful).toHaveLength(1)
    expect(sentParts().sort()).toEqual([2, 4, 5, 6])
    expect(finished()).toBe(large)
  })

  it('when the whole turns out to be another, all is compared again', async () => {
    let refusals = 1
    world.current.onCall = ({ route }) => {
      if (route !== 'complete' || refusals-- === 0) return undefined
      world.current.upload().parts.set(3, 'XXXXX')
      const refusal = { error: 'Another.', code: 'part_mismatch', status: 409 }
      return Response.json({ uploads: [refusal] })
    }
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 8000))?.successful).toHaveLength(1)
    expect(sentParts().sort()).toEqual([1, 2, 3, 3, 4, 5, 6])
    expect(finished()).toBe(large)
  })
})

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

describe('two tabs with the same file', () => {
  it('send it once, and both succeed', async () => {
    const [first, second] = [openPage(), openPage()]
    for (const page of [first, second]) add(page)
    const results = Promise.all([first.upload(), second.upload()])
    await pass(8000)
    const uploaded = (await results).map((result) => result?.successful?.[0]?.uploadURL)
    expect(uploaded).toEqual(Array(2).fill('https://s3.test/bucket/large.txt'))
    expect(world.current.uploads.size).toBe(1)
    expect(sentParts().sort()).toEqual([1, 2, 3, 4, 5, 6])
    expect(told).toContain('“large.txt” is being uploaded in another tab. Waiting for it.')
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
