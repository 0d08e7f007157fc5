import Uppy, { type UppyFile } from '@uppy/core'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import Partway, { type PartwayBody, PartwayError, type PartwayOptions } from '../../plugin/src/index.js'
import type { FakeRequest } from './fake-request.js'
import { type Answer, errorReply, pass, setOnline, useWorld } from './world.js'

type Meta = Record<string, unknown>
type Page = Uppy<Meta, PartwayBody>

const world = useWorld()
let uppy: Page
let events: string[]
let errors: PartwayError[]

function start(options: Partial<PartwayOptions> = {}): Page {
  const page: Page = new Uppy<Meta, PartwayBody>({ logger: { debug() {}, warn() {}, error() {} } })
  page.use(Partway, { endpoint: '/uploads', ...options })
  page.on('upload-start', (files) => events.push(`start ${files.map(({ name }) => name).join()}`))
  page.on('upload-success', (file) => events.push(`success ${file?.name}`))
  page.on('upload-error', (file, error) => {
    events.push(`error ${file?.name}`)
    errors.push(error as PartwayError)
  })
  return page
}

function add(name: string, content: string, more: { meta?: Meta; type?: string } = {}): string {
  return uppy.addFile({ name, type: 'text/plain', data: new Blob([content]), ...more })
}

const file = (id: string): UppyFile<Meta, PartwayBody> => uppy.getFile(id)
const large = 'abcdefghijklmnopqrstuvwxyz'

beforeEach(() => {
  events = []
  errors = []
  uppy = start()
})
afterEach(() => uppy.destroy())

describe('an upload', () => {
  it('brings small and large files to S3 and says so', async () => {
    const small = add('small.txt', 'abc', { meta: { n: 1, nothing: null, flag: true } })
    const big = add('large.txt', large)
    const done = uppy.upload()
    await pass(2000)
    const result = await done
    expect(result?.successful).toHaveLength(2)
    expect(events).toEqual(['start small.txt,large.txt', 'success small.txt', 'success large.txt'])
    expect(world.current.content(world.current.upload('small.txt'))).toBe('abc')
    expect(world.current.content(world.current.upload('large.txt'))).toBe(large)
    expect(file(big).response).toEqual({
      status: 200,
      body: { location: 'https://s3.test/bucket/large.txt', key: 'key of large.txt', size: 26, etag: '"e"' },
      uploadURL: 'https://s3.test/bucket/large.txt',
    })
    expect(file(small).uploadURL).toBe('https://s3.test/bucket/small.txt')
    expect(world.current.upload('small.txt')).toMatchObject({
      type: 'text/plain',
      metadata: { n: '1', flag: 'true', name: 'small.txt' },
    })
    expect(world.current.upload('small.txt').metadata).not.toHaveProperty('nothing')
  })

  it('gives the page what the host’s onComplete returned, under what the upload itself has to say', async () => {
    world.current.onComplete = ({ name }) => ({ documentId: `id of ${name}`, key: 'not the key' })
    const id = add('small.txt', 'abc')
    void uppy.upload()
    await pass(1000)
    expect(file(id).response?.body).toEqual({
      documentId: 'id of small.txt',
      location: 'https://s3.test/bucket/small.txt',
      key: 'key of small.txt',
      size: 3,
      etag: '"e"',
    })
  })

  it('creates files that start together in one call', async () => {
    for (let n = 0; n < 20; n++) add(`${n}`, 'x')
    void uppy.upload()
    await pass(5000)
    expect(world.current.routes('create').map(({ body }) => body.files.length)).toEqual([20])
    expect(events.filter((event) => event.startsWith('success'))).toHaveLength(20)
  })

  it('does not create files long before they are sent', async () => {
    world.current.onTransfer = () => 'hold'
    for (let n = 0; n < 1000; n++) add(`${n}`, 'x')
    void uppy.upload()
    await pass(1000)
    expect(world.current.uploads.size).toBeLessThanOrEqual(100)
    expect(world.current.active).toHaveLength(6)
  })

  it('completes many files in few calls', async () => {
    for (let n = 0; n < 60; n++) add(`${n}`, 'x')
    world.current.latencyMs = 80
    void uppy.upload()
    await pass(5000)
    expect(world.current.routes('complete').flatMap(({ body }) => body.tickets)).toHaveLength(60)
    expect(world.current.routes('complete').length).toBeLessThanOrEqual(12)
  })

  it('sends a small form without a listener and without headers: no preflight', async () => {
    add('small', 'abc')
    void uppy.upload()
    await pass(50)
    const [request] = world.current.requests
    expect(request).toMatchObject({ method: 'POST', headers: {}, upload: { onprogress: null } })
    expect([...((request as FakeRequest).body as FormData).keys()].at(-1)).toBe('file')
  })

  it('PUTs with the granted headers where the store has no forms', async () => {
    world.current.onCall = ({ route, body }) => {
      if (route !== 'create') return undefined
      world.current.uploads.set('put-1', { ...body.files[0], ticket: 'put-1', parts: new Map() })
      const grant = {
        kind: 'put',
        ticket: 'put-1',
        key: 'k',
        url: 'https://s3.test/put-1/whole?x',
        expiresIn: 900,
      }
      return Response.json({ uploads: [{ ...grant, headers: { 'content-type': 'text/plain' } }] })
    }
    add('small', 'abc')
    void uppy.upload()
    await pass(1000)
    expect(world.current.requests[0]).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': 'text/plain' },
    })
    expect(events).toContain('success small')
  })

  it('uploads an empty file', async () => {
    const id = add('empty', '')
    void uppy.upload()
    await pass(1000)
    expect(events).toEqual(['start empty', 'success empty'])
    expect(file(id).progress).toMatchObject({ bytesUploaded: 0, bytesTotal: 0, percentage: 100 })
  })

  it('sends headers and credentials to the server, and asks the function each time', async () => {
    uppy.destroy()
    world.current.calls = []
    let calls = 0
    uppy = start({ headers: async () => ({ authorization: `call ${++calls}` }), credentials: 'include' })
    add('small', 'abc')
    void uppy.upload()
    await pass(1000)
    expect(
      world.current.calls.map(({ init }) => (init.headers as Record<string, string>).authorization),
    ).toEqual(['call 1', 'call 2', 'call 3'])
    expect(world.current.calls.every(({ init }) => init.credentials === 'include')).toBe(true)
    expect(world.current.requests[0]?.headers).toEqual({})
  })

  it('sends only the allowed meta fields', async () => {
    uppy.destroy()
    uppy = start({ allowedMetaFields: ['a'] })
    add('one', 'x', { meta: { a: { toString: () => 'A' }, b: 2 } })
    void uppy.upload()
    await pass(1000)
    expect(world.current.upload().metadata).toEqual({ a: 'A' })
  })

  it('has no transfer under way when it completes', async () => {
    const underWay: number[] = []
    world.current.onCall = ({ route }) => {
      if (route === 'complete') underWay.push(world.current.active.length)
      return undefined
    }
    world.current.onTransfer = ({ partNumber }) => (partNumber % 2 ? undefined : 'hold')
    add('large', large)
    void uppy.upload()
    await pass(500)
    expect(underWay).toEqual([])
    world.current.onTransfer = () => undefined
    for (const request of world.current.active) request.respond(0)
    await pass(3000)
    expect(underWay).toEqual([0])
    expect(events).toContain('success large')
  })
})

describe('progress', () => {
  it('grows up to the file and never beyond, at most ten times a second', async () => {
    const seen: { bytes: number; at: number }[] = []
    uppy.on('upload-progress', (_, { bytesUploaded }) =>
      seen.push({ bytes: bytesUploaded, at: performance.now() }),
    )
    world.current.onTransfer = () => 'hold'
    add('large', large)
    void uppy.upload()
    await pass(100)
    for (let loaded = 0; loaded <= 5; loaded++) {
      for (const request of world.current.active) request.progress(loaded)
      await pass(20)
    }
    world.current.onTransfer = () => undefined
    for (const request of world.current.active) world.current.receive(request)
    await pass(2000)
    const bytes = seen.map((report) => report.bytes)
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
    expect(bytes.at(-1)).toBe(26)
    const gaps = seen.slice(1).map(({ at }, index) => at - (seen[index]?.at ?? 0))
    expect(Math.min(...gaps.slice(0, -1))).toBeGreaterThanOrEqual(100)
  })

  it('drops what was on its way when paused, and shows it even from 100 %', async () => {
    world.current.onTransfer = ({ partNumber }) => (partNumber === 1 ? undefined : 'hold')
    const id = add('large', large)
    void uppy.upload()
    await pass(300)
    for (const request of world.current.active) request.progress(request.size)
    await pass(200)
    expect(file(id).progress).toMatchObject({ percentage: 100, bytesUploaded: 26 })
    uppy.pauseAll()
    await pass(10)
    expect(file(id).progress).toMatchObject({ percentage: 19, bytesUploaded: 5 })
  })

  it('drops a failed try', async () => {
    world.current.onTransfer = () => 'hold'
    const id = add('large', large)
    void uppy.upload()
    await pass(100)
    for (const request of world.current.active) request.progress(3)
    await pass(200)
    expect(file(id).progress.bytesUploaded).toBe(18)
    world.current.active[0]?.respond(500)
    await pass(200)
    expect(file(id).progress.bytesUploaded).toBe(15)
  })
})

describe('pause and resume', () => {
  it('sends nothing while paused, asks S3, and sends only what is missing', async () => {
    world.current.onTransfer = ({ partNumber }) => (partNumber <= 2 ? undefined : 'hold')
    const id = add('large', large)
    const done = uppy.upload()
    await pass(500)
    uppy.pauseResume(id)
    await pass(1000)
    expect(world.current.active).toHaveLength(0)
    expect(world.current.routes('parts')).toHaveLength(0)
    world.current.onTransfer = () => undefined
    const before = world.current.requests.length
    uppy.pauseResume(id)
    await pass(1000)
    await done
    expect(world.current.routes('parts')).toHaveLength(1)
    expect(world.current.requests.slice(before).map(({ partNumber }) => partNumber)).toEqual([3, 4, 5, 6])
    expect(world.current.uploads.size).toBe(1)
    expect(events).toEqual(['start large', 'success large'])
  })

  it('sends a part again that S3 holds with another size', async () => {
    world.current.onTransfer = ({ partNumber }) => (partNumber <= 2 ? undefined : 'hold')
    add('large', large)
    void uppy.upload()
    await pass(500)
    uppy.pauseAll()
    world.current.upload().parts.set(1, 'abc')
    world.current.onTransfer = () => undefined
    uppy.resumeAll()
    await pass(1000)
    expect(world.current.content(world.current.upload())).toBe(large)
  })

  it('makes one upload when paused and resumed during create', async () => {
    world.current.latencyMs = 500
    add('large', large)
    void uppy.upload()
    await pass(100)
    uppy.pauseAll()
    uppy.resumeAll()
    uppy.pauseAll()
    await pass(1000)
    expect(world.current.requests).toHaveLength(0)
    uppy.resumeAll()
    await pass(3000)
    expect(world.current.uploads.size).toBe(1)
    expect(events).toEqual(['start large', 'success large'])
  })

  it('holds no slot while paused', async () => {
    world.current.onTransfer = () => 'hold'
    const id = add('large', large)
    void uppy.upload()
    await pass(100)
    expect(world.current.active).toHaveLength(6)
    uppy.pauseResume(id)
    world.current.onTransfer = () => undefined
    add('small', 'abc')
    void uppy.upload()
    await pass(1000)
    expect(events).toContain('success small')
  })

  it('starts paused when the file is', async () => {
    const id = add('small', 'abc')
    uppy.setFileState(id, { isPaused: true })
    void uppy.upload()
    await pass(500)
    expect(world.current.routes('create')).toHaveLength(0)
    uppy.resumeAll()
    await pass(500)
    expect(events).toContain('success small')
  })

  it('is done when it is paused during complete and the server completes it', async () => {
    world.current.onCall = ({ route }) => {
      if (route === 'complete') uppy.pauseAll()
      return undefined
    }
    const id = add('large', large)
    void uppy.upload()
    await pass(2000)
    expect(events).toEqual(['start large', 'success large'])
    expect(file(id).isPaused).toBe(false)
  })
})

describe('removing a file', () => {
  it('aborts the upload, after its transfers have ended', async () => {
    world.current.onTransfer = () => 'hold'
    const id = add('large', large)
    const done = uppy.upload()
    await pass(200)
    const underWay: number[] = []
    world.current.onCall = ({ route }) => {
      if (route === 'abort') underWay.push(world.current.active.length)
      return undefined
    }
    uppy.removeFile(id)
    await pass(500)
    await done
    expect(underWay).toEqual([0])
    expect(world.current.upload().aborted).toBe(true)
    expect(events).toEqual(['start large'])
  })

  it('aborts what was created only after the file was removed', async () => {
    world.current.latencyMs = 500
    const id = add('large', large)
    void uppy.upload()
    await pass(100)
    uppy.removeFile(id)
    await pass(3000)
    expect(world.current.upload().aborted).toBe(true)
    expect(world.current.requests).toHaveLength(0)
  })

  it('aborts a paused and a failed upload', async () => {
    world.current.onTransfer = ({ size }) => (size === 5 ? 'hold' : { status: 400 })
    const paused = add('paused', 'abcdefghij')
    const failed = add('failed', 'abcdefghijkl')
    void uppy.upload()
    await pass(300)
    uppy.pauseResume(paused)
    await pass(100)
    expect(events).toContain('error failed')
    uppy.removeFiles([paused, failed])
    await pass(500)
    expect([...world.current.uploads.values()].every(({ aborted }) => aborted)).toBe(true)
  })

  it('tries to abort again when the server does not answer', async () => {
    world.current.onTransfer = () => 'hold'
    add('large', large)
    void uppy.upload()
    await pass(200)
    let failures = 2
    world.current.onCall = ({ route }) =>
      route === 'abort' && failures-- > 0 ? errorReply(503, 'busy', 'Busy.') : undefined
    uppy.cancelAll()
    await pass(10_000)
    expect(world.current.routes('abort')).toHaveLength(3)
    expect(world.current.upload().aborted).toBe(true)
  })

  it('lets the same file be added again, as a new upload', async () => {
    world.current.onTransfer = () => 'hold'
    const id = add('large', large)
    void uppy.upload()
    await pass(200)
    world.current.onTransfer = () => undefined
    uppy.removeFile(id)
    add('large', large)
    void uppy.upload()
    await pass(2000)
    expect([...world.current.uploads.values()].map(({ aborted, completed }) => [aborted, completed])).toEqual(
      [
        [true, undefined],
        [undefined, true],
      ],
    )
  })

  it('is heard of for that file only, if its upload could not be stopped any more', async () => {
    const id = add('large', large)
    void uppy.upload()
    world.current.onCall = ({ route }) => {
      if (route !== 'complete') return undefined
      world.current.onCall = () => undefined
      world.current.onTransfer = () => 'hold'
      uppy.removeFile(id)
      add('large', large)
      void uppy.upload()
      return undefined
    }
    await pass(2000)
    expect(events).toEqual(['start large', 'start large'])
    expect(file(id).progress.uploadComplete).toBe(false)
    uppy.pauseAll()
    expect(world.current.active).toHaveLength(0)
  })

  it('does nothing to a file that is done', async () => {
    const id = add('small', 'abc')
    void uppy.upload()
    await pass(1000)
    uppy.removeFile(id)
    await pass(1000)
    expect(world.current.routes('abort')).toHaveLength(0)
  })
})

describe('destroy and uninstall', () => {
  it('stop the transfers and leave the upload on S3', async () => {
    world.current.onTransfer = () => 'hold'
    add('large', large)
    add('small', 'abc')
    const done = uppy.upload()
    await pass(200)
    uppy.destroy()
    await pass(1000)
    await done
    expect(world.current.active).toHaveLength(0)
    expect(world.current.routes('abort')).toHaveLength(0)
    expect(events).toEqual(['start large,small'])
  })

  it('still abort what the user had cancelled before', async () => {
    world.current.onTransfer = () => 'hold'
    add('large', large)
    void uppy.upload()
    await pass(200)
    uppy.cancelAll()
    await Promise.resolve()
    uppy.destroy()
    await pass(1000)
    expect(world.current.upload().aborted).toBe(true)
  })

  it('give back the pause button', () => {
    expect(uppy.getState().capabilities.resumableUploads).toBe(true)
    const plugin = uppy.getPlugin('Partway')
    if (plugin) uppy.removePlugin(plugin)
    expect(uppy.getState().capabilities.resumableUploads).toBe(false)
  })
})

describe('failures that pass', () => {
  it('are tried again with growing waits', async () => {
    const tries: number[] = []
    world.current.onTransfer = () => (tries.push(performance.now()) <= 3 ? { status: 500 } : undefined)
    add('small', 'abc')
    void uppy.upload()
    await pass(20_000)
    const waits = tries.slice(1).map((at, index) => at - (tries[index] ?? 0))
    expect(waits.map((ms) => Math.round(ms / 100) * 100)).toEqual([1100, 2100, 4100])
    expect(events).toContain('success small')
  })

  it('honour Retry-After of S3 and of the server', async () => {
    let s3 = 0
    let server = 0
    world.current.onTransfer = () =>
      s3++ === 0 ? { status: 503, headers: 'x: 1\r\nRetry-After: 20\r\n' } : undefined
    world.current.onCall = ({ route }) =>
      route === 'create' && server++ === 0
        ? errorReply(429, 'slow', 'Slow down.', { 'retry-after': '10' })
        : undefined
    add('small', 'abc')
    void uppy.upload()
    await pass(9900)
    expect(world.current.routes('create')).toHaveLength(1)
    await pass(1000)
    expect(world.current.requests).toHaveLength(1)
    await pass(18_000)
    expect(world.current.requests).toHaveLength(1)
    await pass(5000)
    expect(events).toContain('success small')
  })

  it('complete again when the host’s hook failed', async () => {
    let tries = 0
    world.current.onCall = ({ route }) =>
      route === 'complete' && ++tries < 3
        ? Response.json({ uploads: [{ error: 'The app failed.', code: 'hook_failed', status: 500 }] })
        : undefined
    add('small', 'abc')
    void uppy.upload()
    await pass(10_000)
    expect(world.current.requests).toHaveLength(1)
    expect(events).toEqual(['start small', 'success small'])
  })

  it('let a file wait as long as its item says, until others are finished', async () => {
    let tries = 0
    world.current.onCall = ({ route, body }) => {
      if (route !== 'create' || ++tries > 2) return undefined
      const busy = { error: 'Too many.', code: 'too_many_unfinished', status: 429, retryAfter: 5 }
      return Response.json({ uploads: body.files.map(() => busy) })
    }
    add('small', 'abc')
    void uppy.upload()
    await pass(4900)
    expect(tries).toBe(1)
    await pass(4900)
    expect(tries).toBe(2)
    await pass(2000)
    expect(events).toEqual(['start small', 'success small'])
  })

  it('wait for the network without counting', async () => {
    setOnline(false)
    const id = add('large', large)
    void uppy.upload()
    await pass(3_600_000 / 4)
    expect(errors).toEqual([])
    setOnline(true)
    await pass(1000)
    expect(events).toEqual(['start large', 'success large'])
    expect(file(id).error).toBeUndefined()
  }, 20_000)

  it('end a transfer that moves nothing', async () => {
    let first = true
    world.current.onTransfer = () => {
      const answer = first ? 'hold' : undefined
      first = false
      return answer
    }
    add('large', large)
    void uppy.upload()
    await pass(29_000)
    expect(world.current.active).toHaveLength(1)
    await pass(5000)
    expect(events).toContain('success large')
  })

  it('sign again at once after a 403', async () => {
    let refused = false
    world.current.onTransfer = ({ partNumber }) => {
      if (partNumber !== 2 || refused) return undefined
      refused = true
      return { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }
    }
    add('large', large)
    void uppy.upload()
    await pass(800)
    expect(world.current.routes('sign').map(({ body }) => body.parts)).toEqual([[{ partNumber: 2 }]])
    expect(events).toContain('success large')
  })

  it('sign again what has expired while it waited', async () => {
    world.current.expiresIn = 60
    world.current.onTransfer = () => 'hold'
    add('large', 'x'.repeat(50))
    void uppy.upload()
    await pass(100)
    for (let minute = 0; minute < 5; minute++) {
      for (const request of world.current.active) request.progress(minute)
      await pass(20_000)
    }
    world.current.onTransfer = () => undefined
    for (const request of world.current.active) world.current.receive(request)
    await pass(2000)
    expect(
      world.current
        .routes('sign')
        .flatMap(({ body }) => body.parts.map((part: { partNumber: number }) => part.partNumber)),
    ).toEqual([7, 8, 9, 10])
    expect(events).toContain('success large')
  })

  it('get a new grant or signature for what expires while others have the slots', async () => {
    uppy.destroy()
    uppy = start({ limit: 1 })
    world.current.expiresIn = 60
    world.current.onTransfer = () => 'hold'
    add('slow', 'abc')
    add('small', 'def')
    add('large', 'abcdefghij')
    void uppy.upload()
    await pass(100)
    for (let second = 0; second < 70; second += 10) {
      await pass(10_000)
      world.current.active[0]?.progress(1)
    }
    world.current.onTransfer = () => undefined
    for (const request of world.current.active) world.current.receive(request)
    await pass(40_000)
    expect(world.current.routes('create').map(({ body }) => body.files.length)).toContain(1)
    expect(world.current.routes('sign').length).toBeGreaterThan(0)
    expect(events.slice(1).sort()).toEqual(['success large', 'success slow', 'success small'])
  })

  it('do not send a part again whose reply got lost, once the server can tell', async () => {
    let lost = 0
    world.current.onTransfer = ({ partNumber }) => {
      if (partNumber !== 2) return undefined
      world.current.upload().parts.set(2, 'fghij')
      lost++
      return { status: 0 }
    }
    add('large', large)
    void uppy.upload()
    await pass(20_000)
    expect(lost).toBe(3)
    expect(events).toContain('success large')
  })

  it('make a new grant for a form that has expired, been refused, or fails unreadably', async () => {
    const answers = [{ status: 403 }, { status: 0 }, { status: 0 }, { status: 0 }]
    world.current.onTransfer = () => answers.shift()
    add('small', 'abc')
    void uppy.upload()
    await pass(30_000)
    expect(world.current.routes('create')).toHaveLength(3)
    expect(world.current.uploads.get('ticket-2')?.aborted).toBe(true)
    expect(world.current.uploads.get('ticket-3')?.completed).toBe(true)
    expect(events).toContain('success small')
  })

  it.each([
    ['expired', [undefined]],
    ['been refused', [{ status: 403 }]],
  ])('make no second object of a form that may have arrived before its grant has %s', async (_, answers) => {
    const replies = ['lose' as const, ...answers]
    world.current.onTransfer = () => replies.shift()
    world.current.expiresIn = answers[0] ? 900 : 10
    add('small', 'abc')
    void uppy.upload()
    await pass(200)
    setOnline(false)
    await pass(12_000)
    setOnline(true)
    await pass(60_000)
    expect(events).toEqual(['start small', 'success small'])
    expect(world.current.uploads.size).toBe(1)
    expect(world.current.upload().completed).toBe(true)
  })

  it('make another grant only when the form that may have arrived is aborted', async () => {
    const replies = Array(3).fill('lose')
    world.current.onTransfer = () => replies.shift()
    world.current.onCall = ({ route }) => (route === 'abort' ? errorReply(503, 'busy', 'Busy.') : undefined)
    const id = add('small', 'abc')
    void uppy.upload()
    await pass(400_000)
    expect(events).toEqual(['start small', 'error small'])
    expect(world.current.routes('create')).toHaveLength(1)
    world.current.onCall = () => undefined
    void uppy.retryUpload(id)
    await pass(1000)
    expect(events.at(-1)).toBe('success small')
    expect([...world.current.uploads.values()].filter(({ whole }) => whole)).toHaveLength(1)
  })

  it('send a form anew that has not arrived before its grant has expired', async () => {
    const answers: Answer[] = [{ status: 0 }]
    world.current.onTransfer = () => answers.shift()
    world.current.expiresIn = 10
    add('small', 'abc')
    void uppy.upload()
    await pass(200)
    setOnline(false)
    await pass(12_000)
    setOnline(true)
    await pass(60_000)
    expect(events).toEqual(['start small', 'success small'])
    expect(world.current.content(world.current.upload())).toBe('abc')
  })

  it('start over, once, when the upload is gone', async () => {
    world.current.onTransfer = ({ url }) =>
      url.includes('ticket-1/3')
        ? { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' }
        : undefined
    add('large', large)
    void uppy.upload()
    await pass(2000)
    expect(world.current.uploads.size).toBe(2)
    expect(world.current.content(world.current.upload())).toBe(large)
    expect(events).toContain('success large')
  })

  it('ask the server when S3 does not say that the upload is gone', async () => {
    world.current.onTransfer = ({ url }) => (url.includes('ticket-1') ? { status: 0 } : undefined)
    world.current.onCall = ({ route, body }) =>
      route === 'parts' && body.ticket === 'ticket-1' ? errorReply(404, 'upload_gone', 'Gone.') : undefined
    add('large', large)
    void uppy.upload()
    await pass(20_000)
    expect(events).toEqual(['start large', 'success large'])
  })

  it('fail when it is gone twice, and a retry starts afresh', async () => {
    world.current.onCall = ({ route }) =>
      route === 'complete'
        ? Response.json({ uploads: [{ error: 'Gone.', code: 'ticket_expired', status: 410 }] })
        : undefined
    const id = add('large', large)
    void uppy.upload()
    await pass(3000)
    expect(errors).toMatchObject([{ message: 'Gone.', code: 'ticket_expired', status: 410 }])
    expect(world.current.uploads.size).toBe(2)
    world.current.onCall = () => undefined
    void uppy.retryUpload(id)
    await pass(3000)
    expect(world.current.uploads.size).toBe(3)
    expect(events.at(-1)).toBe('success large')
  })

  it('send a form again that has not arrived', async () => {
    world.current.onCall = ({ route }) =>
      route === 'complete' && world.current.routes('complete').length === 1
        ? Response.json({ uploads: [{ error: 'Not there.', code: 'object_missing', status: 409 }] })
        : undefined
    add('small', 'abc')
    void uppy.upload()
    await pass(1000)
    expect(world.current.requests).toHaveLength(2)
    expect(events).toContain('success small')
  })

  it('send what S3 lost before complete', async () => {
    world.current.onCall = ({ route }) => {
      if (route === 'complete' && world.current.routes('complete').length === 1)
        world.current.upload().parts.delete(2)
      return undefined
    }
    add('large', large)
    void uppy.upload()
    await pass(3000)
    expect(world.current.content(world.current.upload())).toBe(large)
    expect(events).toContain('success large')
  })
})

describe('failures that stay', () => {
  it('include faults of the server that only its owner can end', async () => {
    world.current.onCall = () => errorReply(502, 'bucket_missing', 'The bucket “b” does not exist.')
    add('small', 'abc')
    void uppy.upload()
    await pass(100)
    expect(errors).toMatchObject([{ code: 'bucket_missing', status: 502 }])
  })

  it('fail the file at once, with the server’s sentence, code and status', async () => {
    world.current.onCall = ({ route }) =>
      route === 'create'
        ? Response.json({
            uploads: [
              {
                error: 'The file is too large.',
                code: 'file_too_large',
                status: 413,
                field: 'files[0].size',
              },
            ],
          })
        : undefined
    const id = add('small', 'abc')
    const done = uppy.upload()
    await pass(100)
    expect((await done)?.failed).toHaveLength(1)
    expect(errors[0]).toBeInstanceOf(PartwayError)
    expect(errors).toMatchObject([
      {
        message: 'The file is too large.',
        code: 'file_too_large',
        status: 413,
        field: 'files[0].size',
        isNetworkError: false,
      },
    ])
    expect(file(id)).toMatchObject({ error: 'The file is too large.', response: { status: 413 } })
  })

  it.each([
    ['quota_exceeded', 429, 60],
    ['quota_unavailable', 503, 36_000],
    ['s3_clock_skew', 502, undefined],
  ])('include %s, for which waiting is too long or useless', async (code, status, retryAfter) => {
    world.current.onCall = ({ route, body }) => {
      if (route !== 'create') return undefined
      const refusal = { error: 'Not now.', code, status, retryAfter }
      const grant = {
        kind: 'form',
        ticket: 't',
        key: 'k',
        url: 'https://s3.test/bucket',
        fields: {},
        expiresIn: 900,
      }
      return Response.json({
        uploads: body.files.map(({ name }: { name: string }) => (name === 'no' ? refusal : grant)),
      })
    }
    world.current.onTransfer = () => 'hold'
    add('no', 'abc')
    add('yes', 'abc')
    void uppy.upload()
    await pass(100)
    expect(errors).toMatchObject([{ message: 'Not now.', code, status }])
    expect(world.current.active).toHaveLength(1)
    await pass(60_000)
    expect(world.current.routes('create')).toHaveLength(1)
  })

  it('tell under which id the server logged the request', async () => {
    const refused = { error: 'No.', code: 'refused', status: 403, requestId: 'r-1' }
    world.current.onCall = ({ route }) =>
      route === 'create' ? Response.json({ uploads: [refused] }) : undefined
    const one = add('one', 'abc')
    void uppy.upload()
    await pass(100)
    uppy.removeFile(one)
    world.current.onCall = () => Response.json({ ...refused, requestId: 'r-2' }, { status: 403 })
    add('two', 'abc')
    void uppy.upload()
    await pass(100)
    expect(errors.map(({ code, requestId }) => [code, requestId])).toEqual([
      ['refused', 'r-1'],
      ['refused', 'r-2'],
    ])
    expect(world.current.routes('create')).toHaveLength(2)
  })

  it.each(['content_mismatch', 'content_refused'])(
    'do not start an upload over by themselves after %s, and a retry does',
    async (code) => {
      world.current.onCall = ({ route, body }) => {
        if (route !== 'complete') return undefined
        const refusal = { error: 'Not a picture. It was deleted.', code, status: 422 }
        return Response.json({ uploads: body.tickets.map(() => refusal) })
      }
      add('small', 'abc')
      add('large', large)
      void uppy.upload()
      await pass(5000)
      expect(errors.map((error) => [error.code, error.message])).toEqual(
        Array(2).fill([code, 'Not a picture. It was deleted.']),
      )
      expect(world.current.uploads.size).toBe(2)
      expect(world.current.routes('complete').flatMap(({ body }) => body.tickets)).toHaveLength(2)
      world.current.onCall = () => undefined
      void uppy.retryAll()
      await pass(3000)
      expect(world.current.uploads.size).toBe(4)
      expect(events.slice(-2).sort()).toEqual(['success large', 'success small'])
      expect(world.current.routes('abort')).toHaveLength(0)
    },
  )

  it('name a wrong endpoint', async () => {
    world.current.onCall = () => new Response('<h1>Not found</h1>', { status: 404 })
    add('small', 'abc')
    void uppy.upload()
    await pass(100)
    expect(errors).toMatchObject([{ code: 'unexpected_reply', status: 404 }])
    expect(errors[0]?.message).toContain('`endpoint`')
  })

  it('believe S3 after three refusals', async () => {
    world.current.onTransfer = () => ({ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' })
    add('large', 'abcdefghij')
    add('small', 'abc')
    void uppy.upload()
    await pass(5000)
    expect(errors.map(({ code, status, storageCode }) => [code, status, storageCode])).toEqual([
      ['storage_refused', 403, 'AccessDenied'],
      ['storage_refused', 403, 'AccessDenied'],
    ])
    expect(world.current.active).toHaveLength(0)
  })

  it('give up after five minutes of nothing but failure, and a retry goes on where it was', async () => {
    let broken = false
    world.current.onTransfer = ({ partNumber }) => (broken && partNumber > 2 ? { status: 0 } : undefined)
    broken = true
    const id = add('large', large)
    void uppy.upload()
    await pass(299_000)
    expect(errors).toEqual([])
    await pass(60_000)
    expect(errors).toMatchObject([{ code: 'network_error', isNetworkError: true }])
    broken = false
    const before = world.current.requests.length
    void uppy.retryUpload(id)
    await pass(2000)
    expect(world.current.requests.slice(before).map(({ partNumber }) => partNumber)).toEqual([3, 4, 5, 6])
    expect(events.at(-1)).toBe('success large')
  }, 20_000)

  it('say that a file can no longer be read', async () => {
    world.current.onTransfer = () => ({ status: 0 })
    const id = add('gone', 'abc')
    const data = file(id).data as Blob
    data.slice = () =>
      ({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) }) as never
    void uppy.upload()
    await pass(300)
    expect(errors).toMatchObject([{ code: 'file_unreadable', isNetworkError: false }])
    expect(errors[0]?.message).toContain('“gone”')
  })

  it('are worded in the page’s language', async () => {
    uppy.destroy()
    uppy = start({ locale: { strings: { file_unreadable: '%{name} ist nicht lesbar.' } } })
    const id = add('weg', 'abc')
    ;(file(id) as { data: unknown }).data = undefined
    void uppy.upload()
    await pass(100)
    expect(errors).toMatchObject([{ code: 'file_unreadable', message: 'weg ist nicht lesbar.' }])
  })

  it('leave the other files alone, and "resume all" goes on with what failed', async () => {
    world.current.onTransfer = ({ url }) => (url.includes('ticket-1') ? { status: 400 } : 'hold')
    add('bad', large)
    add('good', large)
    const done = uppy.upload()
    await pass(500)
    expect(events).toEqual(['start bad,good', 'error bad'])
    world.current.onTransfer = () => undefined
    uppy.pauseAll()
    uppy.resumeAll()
    await pass(3000)
    expect((await done)?.successful).toHaveLength(2)
    expect(events.slice(2).sort()).toEqual(['success bad', 'success good'])
  })

  it('do not send again what S3 has when only complete failed', async () => {
    world.current.onCall = ({ route }) => (route === 'complete' ? errorReply(422, 'no', 'No.') : undefined)
    add('small', 'abc')
    add('large', large)
    void uppy.upload()
    await pass(2000)
    const sent = world.current.requests.length
    world.current.onCall = () => undefined
    void uppy.retryAll()
    await pass(2000)
    expect(world.current.requests).toHaveLength(sent)
    expect(events.slice(-2).sort()).toEqual(['success large', 'success small'])
  })
})

describe('slots', () => {
  it('are shared by all Uppy instances, and a small file does not wait behind a large one', async () => {
    world.current.transferMs = 1000
    add('large', 'x'.repeat(500))
    void uppy.upload()
    await pass(2500)
    const other = start()
    other.addFile({ name: 'small', data: new Blob(['abc']) })
    void other.upload()
    await pass(2500)
    expect(world.current.active.length).toBeLessThanOrEqual(6)
    expect(events).toContain('success small')
    expect(events).not.toContain('success large')
    other.destroy()
  })

  it('follow the lowest limit of the page', async () => {
    const other = start({ limit: 2 })
    world.current.onTransfer = () => 'hold'
    add('large', large)
    void uppy.upload()
    await pass(200)
    expect(world.current.active).toHaveLength(2)
    other.destroy()
    await pass(200)
    uppy.getPlugin('Partway')?.setOptions({ limit: 1 })
    for (const request of world.current.active) request.respond(0)
    await pass(3000)
    expect(world.current.active).toHaveLength(1)
    expect(() => uppy.getPlugin('Partway')?.setOptions({ limit: 0 })).toThrow(TypeError)
  })
})

describe('a remote file', () => {
  const remote = {
    companionUrl: 'https://c.test',
    requestClientId: 'drive',
    url: 'https://c.test/get',
    body: { fileId: 'f' },
  }

  it('is uploaded by Uppy’s own client, with the pause button off meanwhile', async () => {
    let finish = () => {}
    const asked: unknown[] = []
    uppy.registerRequestClient('drive', {
      uploadRemoteFile: (
        remoteFile: { name: string },
        body: object,
        { getQueue }: { getQueue(): object },
      ) => {
        asked.push(remoteFile.name, body, typeof getQueue())
        return new Promise<void>((resolve) => {
          finish = resolve
        })
      },
    })
    uppy.addFile({
      name: 'remote',
      type: 'text/plain',
      isRemote: true,
      data: { size: 7 },
      remote,
      meta: { n: 1 },
    } as never)
    add('local', 'abc')
    const done = uppy.upload()
    await pass(1000)
    expect(asked).toEqual([
      'remote',
      { fileId: 'f', protocol: 's3-multipart', size: 7, metadata: expect.objectContaining({ n: '1' }) },
      'object',
    ])
    expect(events).toContain('success local')
    expect(uppy.getState().capabilities.resumableUploads).toBe(false)
    finish()
    await done
    expect(uppy.getState().capabilities.resumableUploads).toBe(true)
  })

  it('stops when it is removed', async () => {
    let stopped = false
    uppy.registerRequestClient('drive', {
      uploadRemoteFile: (_file: object, _body: object, { signal }: { signal: AbortSignal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            stopped = true
            resolve()
          })
        }),
    })
    const id = uppy.addFile({ name: 'remote', isRemote: true, data: { size: 7 }, remote } as never)
    const done = uppy.upload()
    await pass(100)
    uppy.removeFile(id)
    await done
    expect(stopped).toBe(true)
  })
})

describe('types', () => {
  it('know the plugin by its id', () => {
    expectTypeOf(uppy.getPlugin('Partway')).toEqualTypeOf<Partway<Meta, PartwayBody> | undefined>()
    expect(uppy.getPlugin('Partway')).toBeInstanceOf(Partway)
  })

  it('demand an endpoint', () => {
    expectTypeOf<PartwayOptions['endpoint']>().toEqualTypeOf<string>()
    expect(() => start({ endpoint: '' })).toThrow(TypeError)
  })
})
