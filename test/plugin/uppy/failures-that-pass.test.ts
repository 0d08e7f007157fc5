// What is tried again until it works.
import { describe, expect, it, vi } from 'vitest'
import { type Answer, errorReply, pass, setOnline } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

describe('failures that pass', () => {
  it('are tried again with growing waits', async () => {
    const tries: number[] = []
    page.world.onTransfer = () => (tries.push(performance.now()) <= 3 ? { status: 500 } : undefined)
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(20_000)
    const waits = tries.slice(1).map((at, index) => at - (tries[index] ?? 0))
    expect(waits.map((ms) => Math.round(ms / 100) * 100)).toEqual([1100, 2100, 4100])
    expect(page.events).toContain('success small')
  })

  it('honour Retry-After of S3 and of the server', async () => {
    let s3 = 0
    let server = 0
    page.world.onTransfer = () =>
      s3++ === 0 ? { status: 503, headers: 'x: 1\r\nRetry-After: 20\r\n' } : undefined
    page.world.onCall = ({ route }) =>
      route === 'create' && server++ === 0
        ? errorReply(429, 'slow', 'Slow down.', { 'retry-after': '10' })
        : undefined
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(9900)
    expect(page.world.routes('create')).toHaveLength(1)
    await pass(1000)
    expect(page.world.requests).toHaveLength(1)
    await pass(18_000)
    expect(page.world.requests).toHaveLength(1)
    await pass(5000)
    expect(page.events).toContain('success small')
  })

  it('complete again when the host’s hook failed', async () => {
    let tries = 0
    page.world.onCall = ({ route }) =>
      route === 'complete' && ++tries < 3
        ? Response.json({ uploads: [{ error: 'The app failed.', code: 'hook_failed', status: 500 }] })
        : undefined
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(10_000)
    expect(page.world.requests).toHaveLength(1)
    expect(page.events).toEqual(['start small', 'success small'])
  })

  it('let a file wait as long as its item says, until others are finished', async () => {
    let tries = 0
    page.world.onCall = ({ route, body }) => {
      if (route !== 'create' || ++tries > 2) return undefined
      const busy = { error: 'Too many.', code: 'too_many_unfinished', status: 429, retryAfter: 5 }
      return Response.json({ uploads: body.files.map(() => busy) })
    }
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(4900)
    expect(tries).toBe(1)
    await pass(4900)
    expect(tries).toBe(2)
    await pass(2000)
    expect(page.events).toEqual(['start small', 'success small'])
  })

  it('let a file wait beyond its patience, as long as others get through', async () => {
    const { uppy, world } = page
    uppy.getPlugin('Partway')?.setOptions({ limit: 1, retry: { giveUpAfterMs: 3000 } })
    world.transferMs = 1500
    world.onCall = ({ route, body }) => {
      const isOpen = [...world.uploads.values()].some(({ completed }) => !completed)
      if (route !== 'create' || !isOpen) return undefined
      const busy = { error: 'Too many.', code: 'too_many_unfinished', status: 429, retryAfter: 1 }
      return Response.json({ uploads: body.files.map(() => busy) })
    }
    page.add('first', large)
    void uppy.upload()
    await pass(100)
    page.add('second', large)
    void uppy.upload()
    await pass(30_000)
    expect(page.errors).toEqual([])
    expect(page.events).toEqual(['start first', 'start second', 'success first', 'success second'])
  })

  it('wait for the network without counting', async () => {
    setOnline(false)
    const id = page.add('large', large)
    void page.uppy.upload()
    await pass(3_600_000 / 4)
    expect(page.errors).toEqual([])
    setOnline(true)
    await pass(1000)
    expect(page.events).toEqual(['start large', 'success large'])
    expect(page.file(id).error).toBeUndefined()
  }, 20_000)

  it('end a transfer that moves nothing', async () => {
    let first = true
    page.world.onTransfer = () => {
      const answer = first ? 'hold' : undefined
      first = false
      return answer
    }
    page.add('large', large)
    void page.uppy.upload()
    await pass(29_000)
    expect(page.world.active).toHaveLength(1)
    await pass(5000)
    expect(page.events).toContain('success large')
  })

  it('sign again at once after a 403', async () => {
    let refused = false
    page.world.onTransfer = ({ partNumber }) => {
      if (partNumber !== 2 || refused) return undefined
      refused = true
      return { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }
    }
    page.add('large', large)
    void page.uppy.upload()
    await pass(800)
    expect(page.world.routes('sign').map(({ body }) => body.parts)).toEqual([[{ partNumber: 2 }]])
    expect(page.events).toContain('success large')
  })

  it('sign again what has expired while it waited', async () => {
    page.world.expiresIn = 60
    page.world.onTransfer = () => 'hold'
    page.add('large', 'x'.repeat(50))
    void page.uppy.upload()
    await pass(100)
    for (let minute = 0; minute < 5; minute++) {
      for (const request of page.world.active) request.progress(minute)
      await pass(20_000)
    }
    page.world.onTransfer = () => undefined
    for (const request of page.world.active) page.world.receive(request)
    await pass(2000)
    expect(
      page.world
        .routes('sign')
        .flatMap(({ body }) => body.parts.map((part: { partNumber: number }) => part.partNumber)),
    ).toEqual([7, 8, 9, 10])
    expect(page.events).toContain('success large')
  })

  describe('of signatures that S3 no longer takes', () => {
    const refused = { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }
    /** In 160 parts. @returns How many of their transfers S3 refused, and what the page asked to be signed. */
    const uploadLong = async (refuses: (signedAt: number) => Answer, meanwhile: () => void) => {
      const { world, uppy } = page
      const signedAt: number[] = []
      let refusals = 0
      world.onCall = () => {
        signedAt[world.calls.length] = Date.now()
        return undefined
      }
      world.onTransfer = ({ url }) => {
        const answer = refuses(signedAt[Number(/signature=(\d+)/.exec(url)?.[1])] ?? 0)
        if (answer) refusals++
        return answer
      }
      page.add('large', 'x'.repeat(800))
      void uppy.upload()
      await pass(500)
      meanwhile()
      await pass(10_000)
      expect(page.events).toEqual(['start large', 'success large'])
      const asked = world.routes('sign').map(({ body }) => body.parts.length)
      return { refusals, asked }
    }

    it('try none of them when the machine has slept', async () => {
      const isOld = (signedAt: number) => (Date.now() > signedAt + 900_000 ? refused : undefined)
      const sleep = () => vi.setSystemTime(Date.now() + 3_600_000)
      const { refusals, asked } = await uploadLong(isOld, sleep)
      expect(refusals).toBe(0)
      expect(asked.length).toBeLessThanOrEqual(4)
    })

    it.each([
      ['', refused],
      ['in an answer that the page may not read', { status: 0 }],
    ])('try only those that are under way when the first is refused %s', async (_, answer) => {
      let revokedAt = 0
      const { refusals, asked } = await uploadLong(
        (signedAt) => (signedAt < revokedAt ? answer : undefined),
        () => {
          revokedAt = Date.now()
        },
      )
      expect(refusals).toBeGreaterThan(0)
      expect(refusals).toBeLessThanOrEqual(6)
      expect(asked.length).toBeLessThanOrEqual(5)
    })
  })

  it('get a new grant or signature for what expires while others have the slots', async () => {
    page.uppy.destroy()
    page.uppy = page.start({ limit: 1 })
    page.world.expiresIn = 60
    page.world.onTransfer = () => 'hold'
    page.add('slow', 'abc')
    page.add('small', 'def')
    page.add('large', 'abcdefghij')
    void page.uppy.upload()
    await pass(100)
    for (let second = 0; second < 70; second += 10) {
      await pass(10_000)
      page.world.active[0]?.progress(1)
    }
    page.world.onTransfer = () => undefined
    for (const request of page.world.active) page.world.receive(request)
    await pass(40_000)
    expect(page.world.routes('create').map(({ body }) => body.files.length)).toContain(1)
    expect(page.world.routes('sign').length).toBeGreaterThan(0)
    expect(page.events.slice(1).sort()).toEqual(['success large', 'success slow', 'success small'])
  })

  it.each([
    ['expired', [undefined]],
    ['been refused', [{ status: 403 }]],
  ])('make no second object of a form that may have arrived before its grant has %s', async (_, answers) => {
    const replies = ['lose' as const, ...answers]
    page.world.onTransfer = () => replies.shift()
    page.world.expiresIn = answers[0] ? 900 : 10
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(200)
    setOnline(false)
    await pass(12_000)
    setOnline(true)
    await pass(60_000)
    expect(page.events).toEqual(['start small', 'success small'])
    expect(page.world.uploads.size).toBe(1)
    expect(page.world.upload().completed).toBe(true)
  })

  it('make another grant only when the form that may have arrived is aborted', async () => {
    const replies = Array(3).fill('lose')
    page.world.onTransfer = () => replies.shift()
    page.world.onCall = ({ route }) => (route === 'abort' ? errorReply(503, 'busy', 'Busy.') : undefined)
    const id = page.add('small', 'abc')
    void page.uppy.upload()
    await pass(400_000)
    expect(page.events).toEqual(['start small', 'error small'])
    expect(page.world.routes('create')).toHaveLength(1)
    page.world.onCall = () => undefined
    void page.uppy.retryUpload(id)
    await pass(1000)
    expect(page.events.at(-1)).toBe('success small')
    expect([...page.world.uploads.values()].filter(({ whole }) => whole)).toHaveLength(1)
  })

  it('send a form anew that has not arrived before its grant has expired', async () => {
    const answers: Answer[] = [{ status: 0 }]
    page.world.onTransfer = () => answers.shift()
    page.world.expiresIn = 10
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(200)
    setOnline(false)
    await pass(12_000)
    setOnline(true)
    await pass(60_000)
    expect(page.events).toEqual(['start small', 'success small'])
    expect(page.world.content(page.world.upload())).toBe('abc')
  })
})
