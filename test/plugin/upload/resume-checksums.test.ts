// What S3 has of a file is compared with it by checksums, of every kind.
import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type Partway from '../../../plugin/src/index.js'
import type { PartwayBody } from '../../../plugin/src/index.js'
import { large, lastModified, partText, useLargeFile } from '../large-file.js'
import { crc64nvmeOf, pass } from '../world.js'

type Plugin = Partway<Record<string, unknown>, PartwayBody>

const { world, told, openPage, add, crashHalfway, uploadIn, sentParts, finished } = useLargeFile()

/** A part that cannot be read yet. @returns Lets it be. */
function holdPart(data: File, partNumber: number): () => void {
  let read = () => {}
  const held = new Promise<void>((resolve) => {
    read = resolve
  })
  const slice = data.slice.bind(data)
  data.slice = (start, end) => {
    const part = slice(start, end)
    const first = (partNumber - 1) * 5
    if (start === first && end === first + 5) {
      const stream = new ReadableStream({
        async start(controller) {
          await held
          controller.enqueue(new TextEncoder().encode(partText(partNumber)))
          controller.close()
        },
      })
      part.stream = () => stream as ReturnType<Blob['stream']>
    }
    return part
  }
  return read
}

/** Each read of a part takes a second. */
function readSlowly(data: Blob): void {
  const slice = data.slice.bind(data)
  data.slice = (...range) => {
    const part = slice(...range)
    const late = new TransformStream<Uint8Array, Uint8Array>({
      start: () => new Promise((resolve) => setTimeout(resolve, 1000)),
    })
    const stream = part.stream()
    part.stream = () => stream.pipeThrough(late) as ReturnType<Blob['stream']>
    return part
  }
}

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

  it('a part on S3 that is not the file’s: the file is another upload, and the older one stays', async () => {
    await crashHalfway()
    const older = world.current.upload()
    older.parts.set(2, 'XXXXX')
    world.current.transferMs = 1000
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 8000))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(large)
    expect(older.aborted).toBeUndefined()
    expect([...older.parts.values()]).toEqual([partText(1), 'XXXXX', partText(3)])
  })

  it('a reload finds that other upload again, by the same comparison', async () => {
    await crashHalfway()
    world.current.upload().parts.set(2, 'XXXXX')
    const first = openPage({ limit: 1 })
    add(first)
    world.current.onTransfer = ({ url }) => (/ticket-2.[123]/.test(url) ? undefined : 'hold')
    void first.upload()
    await pass(3000)
    first.destroy()
    world.current.onTransfer = () => undefined
    world.current.requests.length = 0
    world.current.transferMs = 1000
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 8000))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(2)
    const sent = world.current.requests.filter(({ url }) => url.includes('ticket-2'))
    expect(sent.map(({ partNumber }) => partNumber).sort()).toEqual([4, 5, 6])
    expect(finished()).toBe(large)
  })

  it('the last part waits for the comparison, so that nobody puts together what is mixed', async () => {
    // Parts go without one, so that the sending need not wait for the sums.
    world.current.checksum = undefined
    world.current.checksumsOf = (text) => ({ md5: createHash('md5').update(text).digest('base64') })
    await crashHalfway()
    const older = world.current.upload()
    older.parts.set(3, 'XXXXX')
    const page = openPage({ limit: 1 })
    const compare = holdPart(page.getFile(add(page)).data as File, 3)
    const done = page.upload()
    await pass(3000)
    expect(sentParts()).toEqual([4, 5])
    compare()
    await pass(8000)
    expect((await done)?.successful).toHaveLength(1)
    // What this page has mixed in is of no use to anybody.
    expect(older.aborted).toBe(true)
    expect(finished()).toBe(large)
  })

  it('the server is told the MD5 of the parts’ MD5s', async () => {
    await crashHalfway()
    const page = openPage()
    add(page)
    await uploadIn(page)
    const md5s = [1, 2, 3, 4, 5, 6].map((n) => createHash('md5').update(partText(n)).digest())
    const whole = createHash('md5').update(Buffer.concat(md5s)).digest('base64')
    expect(world.current.routes('complete').map(({ body }) => body.checksum)).toEqual([whole])
  })

  it('an object of other bytes is another upload’s', async () => {
    const page = openPage()
    add(page)
    world.current.onCall = ({ route }) => {
      const [first] = world.current.uploads.values()
      if (route === 'complete' && first && !first.finished) {
        first.parts.set(3, 'XXXXX')
        first.finished = true
      }
      return undefined
    }
    expect((await uploadIn(page, 8000))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(large)
    expect(world.current.routes('abort')).toEqual([])
  })

  it('what is missing comes signed with what is there', async () => {
    await crashHalfway()
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 5000))?.successful).toHaveLength(1)
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(world.current.calls.map(({ route }) => route)).toEqual([
      'config',
      'unfinished',
      'create',
      'complete',
    ])
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

describe.each(['md5', 'crc64nvme'] as const)('%s: while a page is paused, another goes on', (checksum) => {
  /** The first page has sent parts 1 to 3 of 13, and the second 4 to 10 of a file that begins alike. */
  async function handOver(content: string): Promise<void> {
    Object.assign(world.current, { checksum, partSize: 2 })
    const holdFrom = (parts: number) => {
      world.current.onTransfer = () => (world.current.upload().parts.size < parts ? undefined : 'hold')
    }
    const first = openPage({ limit: 1 })
    const { data } = first.getFile(add(first))
    holdFrom(3)
    void first.upload()
    await pass(3000)
    first.pauseAll()
    await pass(500)
    holdFrom(10)
    const second = openPage({ limit: 1 })
    const picked = new File([content], 'large.txt', { lastModified: lastModified + 1 })
    void second.getPlugin<Plugin>('Partway')?.continueWith('id-of-ticket-1', picked)
    await pass(4000)
    second.destroy()
    await pass(500)
    expect(content.slice(0, 20)).toBe(world.current.content(world.current.upload()))
    told.length = 0
    world.current.onTransfer = () => undefined
    readSlowly(data as File)
    first.resumeAll()
    await pass(60_000)
  }

  it('with the same file: what it has sent is the first’s, too', async () => {
    await handOver(large)
    expect(finished()).toBe(large)
    expect(world.current.uploads.size).toBe(1)
    expect(told).toEqual([])
    const [complete] = world.current.routes('complete')
    expect(complete?.body.checksum).toBeTypeOf('string')
  })

  it('with an edited file: the first’s is another upload, and what is there stays', async () => {
    const edited = large.slice(0, 14) + large.slice(14).toUpperCase()
    await handOver(edited)
    expect(finished()).toBe(large)
    const [older] = world.current.uploads.values()
    expect(older?.aborted).toBeUndefined()
    expect([...(older?.parts.values() ?? [])].join('')).toBe(edited.slice(0, 20))
  })
})

describe('with crc64nvme', () => {
  /** Of the whole, as the server heard it. */
  const whole = () => world.current.routes('complete').map(({ body }) => body.checksum)
  const expected = [crc64nvmeOf(large)]

  beforeEach(() => {
    world.current.checksum = 'crc64nvme'
  })

  it('each part is signed for its checksum and sent with it, and the whole is combined of them', async () => {
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 5000))?.successful).toHaveLength(1)
    for (const { partNumber, headers } of world.current.requests) {
      expect(headers).toEqual({ 'x-amz-checksum-crc64nvme': crc64nvmeOf(partText(partNumber)) })
    }
    expect(sentParts().sort()).toEqual([1, 2, 3, 4, 5, 6])
    expect(whole()).toEqual(expected)
  })

  it('after a reload, what S3 has is compared: if it differs, the file is another upload', async () => {
    await crashHalfway()
    world.current.upload().parts.set(2, 'XXXXX')
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 8000))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(2)
    expect(whole()).toEqual(expected)
    expect(finished()).toBe(large)
  })

  it('a store that does not know the kind is asked for the MD5', async () => {
    world.current.checksumsOf = (text) => ({ md5: createHash('md5').update(text).digest('base64') })
    await crashHalfway()
    world.current.upload().parts.set(2, 'XXXXX')
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 8000))?.successful).toHaveLength(1)
    expect(world.current.uploads.size).toBe(2)
    expect(finished()).toBe(large)
  })

  it('when the whole turns out to be another, all is compared, before anything is sent', async () => {
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
    expect(world.current.uploads.size).toBe(2)
    expect(world.current.requests.filter(({ url }) => url.includes('ticket-1'))).toHaveLength(6)
    expect(finished()).toBe(large)
  })
})
