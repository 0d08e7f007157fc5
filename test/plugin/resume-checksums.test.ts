// What S3 has of a file is compared with it by checksums, of every kind.
import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { hashBlob } from '../../plugin/src/hash-blob.js'
import { large, partText, useLargeFile } from './large-file.js'
import { pass } from './world.js'

const { world, openPage, add, crashHalfway, uploadIn, sentParts, finished } = useLargeFile()

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

  it('what is missing comes signed with what is there', async () => {
    await crashHalfway()
    const page = openPage()
    add(page)
    expect((await uploadIn(page, 5000))?.successful).toHaveLength(1)
    expect(sentParts().sort()).toEqual([4, 5, 6])
    expect(world.current.calls.map(({ route }) => route)).toEqual(['config', 'sign', 'parts', 'complete'])
    // It goes ahead of what S3 tells.
    expect(world.current.routes('sign').map(({ body }) => body.parts)).toEqual([[{ partNumber: 5 }]])
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
