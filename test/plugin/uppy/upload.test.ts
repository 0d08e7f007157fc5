// Files on their way to S3, small and large.
import { describe, expect, it } from 'vitest'
import type { FakeRequest } from '../fake-request.js'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

describe('an upload', () => {
  it('brings small and large files to S3 and says so', async () => {
    const small = page.add('small.txt', 'abc', { meta: { n: 1, nothing: null, flag: true } })
    const big = page.add('large.txt', large)
    const done = page.uppy.upload()
    await pass(2000)
    const result = await done
    expect(result?.successful).toHaveLength(2)
    expect(page.events[0]).toBe('start small.txt,large.txt')
    expect(page.events.slice(1).sort()).toEqual(['success large.txt', 'success small.txt'])
    expect(page.world.content(page.world.upload('small.txt'))).toBe('abc')
    expect(page.world.content(page.world.upload('large.txt'))).toBe(large)
    expect(page.file(big).response).toEqual({
      status: 200,
      body: { location: 'https://s3.test/bucket/large.txt', key: 'key of large.txt', size: 26, etag: '"e"' },
      uploadURL: 'https://s3.test/bucket/large.txt',
    })
    expect(page.file(small).uploadURL).toBe('https://s3.test/bucket/small.txt')
    expect(page.world.upload('small.txt')).toMatchObject({
      type: 'text/plain',
      metadata: { n: '1', flag: 'true', name: 'small.txt' },
    })
    expect(page.world.upload('small.txt').metadata).not.toHaveProperty('nothing')
  })

  it('leaves out a file that a processor of the page has refused', async () => {
    const refused = page.add('refused.txt', 'abc')
    page.add('taken.txt', 'abc')
    page.uppy.addPreProcessor(async () => page.uppy.setFileState(refused, { error: 'Not this one.' }))
    const done = page.uppy.upload()
    await pass(1000)
    expect(await done).toMatchObject({
      successful: [{ name: 'taken.txt' }],
      failed: [{ name: 'refused.txt' }],
    })
    expect(page.world.uploads.size).toBe(1)
  })

  it('gives the page what the host’s onComplete returned, under what the upload itself has to say', async () => {
    page.world.onComplete = ({ name }) => ({ documentId: `id of ${name}`, key: 'not the key' })
    const id = page.add('small.txt', 'abc')
    void page.uppy.upload()
    await pass(1000)
    expect(page.file(id).response?.body).toEqual({
      documentId: 'id of small.txt',
      location: 'https://s3.test/bucket/small.txt',
      key: 'key of small.txt',
      size: 3,
      etag: '"e"',
    })
  })

  it('creates files that start together in one call', async () => {
    for (let n = 0; n < 20; n++) page.add(`${n}`, 'x')
    void page.uppy.upload()
    await pass(5000)
    expect(page.world.routes('create').map(({ body }) => body.files.length)).toEqual([20])
    expect(page.events.filter((event) => event.startsWith('success'))).toHaveLength(20)
  })

  it('does not create files long before they are sent', async () => {
    page.world.onTransfer = () => 'hold'
    for (let n = 0; n < 1000; n++) page.add(`${n}`, 'x')
    void page.uppy.upload()
    await pass(1000)
    expect(page.world.uploads.size).toBeLessThanOrEqual(100)
    expect(page.world.active).toHaveLength(6)
  })

  it('completes many files in few calls', async () => {
    for (let n = 0; n < 60; n++) page.add(`${n}`, 'x')
    page.world.latencyMs = 80
    void page.uppy.upload()
    await pass(5000)
    expect(page.world.routes('complete').flatMap(({ body }) => body.tickets)).toHaveLength(60)
    expect(page.world.routes('complete').length).toBeLessThanOrEqual(12)
  })

  it('creates and completes many small files that go in parts in few calls, and has few of them begun', async () => {
    const { world, uppy } = page
    uppy.destroy()
    world.threshold = 1
    page.uppy = page.start()
    await pass(100)
    let mostBegun = 0
    world.onTransfer = () => {
      const begun = [...world.uploads.values()].filter(({ completed }) => !completed)
      mostBegun = Math.max(mostBegun, begun.length)
      return undefined
    }
    for (let file = 0; file < 300; file++) page.add(`${file}`, `${file}`)
    void page.uppy.upload()
    await pass(20_000)
    expect(page.events.filter((event) => event.startsWith('success'))).toHaveLength(300)
    expect(world.routes('create').length).toBeLessThanOrEqual(60)
    expect(world.routes('complete').length).toBeLessThanOrEqual(60)
    // Twice the slots, and as many as are completed together.
    expect(mostBegun).toBeLessThanOrEqual(30)
  }, 30_000)

  it('sends a small form without a listener and without headers: no preflight', async () => {
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(50)
    const [request] = page.world.requests
    expect(request).toMatchObject({ method: 'POST', headers: {}, upload: { onprogress: null } })
    expect([...((request as FakeRequest).body as FormData).keys()].at(-1)).toBe('file')
  })

  it('PUTs with the granted headers where the store has no forms', async () => {
    page.world.onCall = ({ route, body }) => {
      if (route !== 'create') return undefined
      page.world.uploads.set('put-1', { ...body.files[0], ticket: 'put-1', owner: 'ada', parts: new Map() })
      const grant = {
        kind: 'put',
        ticket: 'put-1',
        key: 'k',
        url: 'https://s3.test/put-1/whole?x',
        expiresIn: 900,
      }
      return Response.json({ uploads: [{ ...grant, headers: { 'content-type': 'text/plain' } }] })
    }
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(1000)
    expect(page.world.requests[0]).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': 'text/plain' },
    })
    expect(page.events).toContain('success small')
  })

  it('uploads an empty file', async () => {
    const id = page.add('empty', '')
    void page.uppy.upload()
    await pass(1000)
    expect(page.events).toEqual(['start empty', 'success empty'])
    expect(page.file(id).progress).toMatchObject({ bytesUploaded: 0, bytesTotal: 0, percentage: 100 })
  })

  it('sends headers and credentials to the server, and asks the function each time', async () => {
    page.uppy.destroy()
    page.world.calls = []
    let calls = 0
    page.uppy = page.start({
      headers: async () => ({ authorization: `call ${++calls}` }),
      credentials: 'include',
    })
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(1000)
    expect(
      page.world.calls.map(({ init }) => (init.headers as Record<string, string>).authorization),
    ).toEqual(['call 1', 'call 2', 'call 3'])
    expect(page.world.calls.every(({ init }) => init.credentials === 'include')).toBe(true)
    expect(page.world.requests[0]?.headers).toEqual({})
  })

  it('sends only the allowed meta fields', async () => {
    page.uppy.destroy()
    page.uppy = page.start({ allowedMetaFields: ['a'] })
    page.add('one', 'x', { meta: { a: { toString: () => 'A' }, b: 2 } })
    void page.uppy.upload()
    await pass(1000)
    expect(page.world.upload().metadata).toEqual({ a: 'A' })
  })

  it('has no transfer under way when it completes', async () => {
    const underWay: number[] = []
    page.world.onCall = ({ route }) => {
      if (route === 'complete') underWay.push(page.world.active.length)
      return undefined
    }
    page.world.onTransfer = ({ partNumber }) => (partNumber % 2 ? undefined : 'hold')
    page.add('large', large)
    void page.uppy.upload()
    await pass(500)
    expect(underWay).toEqual([])
    page.world.onTransfer = () => undefined
    for (const request of page.world.active) request.respond(0)
    await pass(3000)
    expect(underWay).toEqual([0])
    expect(page.events).toContain('success large')
  })
})
