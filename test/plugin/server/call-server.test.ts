import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PartwayError, TryFailure } from '../../../plugin/src/errors.js'
import type { CallLimits } from '../../../plugin/src/server/ask-headers.js'
import { callServer, readItem } from '../../../plugin/src/server/call-server.js'
import { ServerConfig } from '../../../plugin/src/server/server-config.js'
import type { Settings } from '../../../plugin/src/settings.js'

const connection = { endpoint: 'https://app.test/uploads', headers: {}, credentials: 'omit' } as const
let answer: (init: RequestInit) => Promise<Response> | Response

const call = (limits: Partial<CallLimits> = {}) =>
  callServer(connection, 'sign', { a: 1 }, { timeoutMs: 60_000, ...limits }).catch((error) => error)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    expect(url).toBe('https://app.test/uploads/sign')
    return answer(init)
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** As a server that never answers. */
const hang = ({ signal }: RequestInit) =>
  new Promise<Response>((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason))
  })

describe('callServer', () => {
  it('posts JSON and reads JSON', async () => {
    answer = ({ method, body, headers }) => {
      expect([method, body, headers]).toEqual(['POST', '{"a":1}', { 'content-type': 'application/json' }])
      return Response.json({ parts: [] })
    }
    await expect(call()).resolves.toEqual({ parts: [] })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gets what needs no body, without a header that would cost a preflight', async () => {
    answer = ({ method, body, headers }) => {
      expect([method, body, headers]).toEqual(['GET', null, {}])
      return Response.json({})
    }
    await expect(callServer(connection, 'sign', undefined, { timeoutMs: 1000 })).resolves.toEqual({})
  })

  it('may be repeated when there was no answer, or none in time', async () => {
    answer = () => Promise.reject(new TypeError('Failed to fetch'))
    expect(await call()).toMatchObject({ final: { code: 'network_error', isNetworkError: true } })
    answer = hang
    const late = call()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await late).toBeInstanceOf(TryFailure)
  })

  it('ends with the signal', async () => {
    answer = hang
    const stop = new AbortController()
    const stopped = call({ signal: stop.signal })
    stop.abort()
    expect(await stopped).toMatchObject({ name: 'AbortError' })
  })

  it.each([408, 429, 500, 502, 503, 504])(
    'may be repeated after %i, and then keeps the server’s words',
    async (status) => {
      answer = () =>
        Response.json(
          { error: 'Busy.', code: 's3_busy', status },
          { status, headers: { 'retry-after': '3' } },
        )
      const failure = await call()
      expect(failure).toBeInstanceOf(TryFailure)
      expect(failure).toMatchObject({
        final: { message: 'Busy.', code: 's3_busy', status },
        retry: { afterMs: 3000 },
      })
      answer = () => new Response('<h1>Bad gateway</h1>', { status })
      expect(await call()).toMatchObject({ final: { code: 'server_unavailable', status } })
    },
  )

  it.each([
    [403, { error: 'Not yours.', code: 'ticket_not_yours', status: 403 }, 'ticket_not_yours'],
    [501, { error: 'Cannot.', code: 'cannot', status: 501 }, 'cannot'],
    [502, { error: 'No bucket.', code: 'bucket_missing', status: 502 }, 'bucket_missing'],
    [404, 'Not Found', 'unexpected_reply'],
    [200, '<!doctype html>', 'unexpected_reply'],
    [200, 'null', 'unexpected_reply'],
  ])('is over after %i %o', async (status, body, code) => {
    answer = () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
    const failure = await call()
    expect(failure).toBeInstanceOf(PartwayError)
    expect(failure).toMatchObject({ code, status })
  })

  it.each([
    ['quota_exceeded', 429],
    ['s3_access_denied', 502],
    ['s3_credentials_rejected', 502],
    ['s3_clock_skew', 502],
    ['s3_wrong_region', 502],
  ])('is over after %s, although its status is %i', async (code, status) => {
    answer = () => Response.json({ error: 'No.', code, status, retryAfter: 1 }, { status })
    expect(await call()).toBeInstanceOf(PartwayError)
  })

  it('takes the wait from the body where the page may not read the header', async () => {
    answer = () =>
      Response.json(
        { error: 'Stopping.', code: 'shutting_down', status: 503, retryAfter: 1 },
        { status: 503 },
      )
    expect(await call()).toMatchObject({ retry: { afterMs: 1000 } })
  })

  it('keeps the id of the request', async () => {
    answer = () =>
      Response.json({ error: 'No.', code: 'refused', status: 403, requestId: 'r-1' }, { status: 403 })
    expect(await call()).toMatchObject({ requestId: 'r-1' })
  })

  it('asks for headers once more after a 401, and says why', async () => {
    const asked: boolean[] = []
    const headers = (refused: boolean) => {
      asked.push(refused)
      return { authorization: refused ? 'fresh' : 'stale' }
    }
    answer = ({ headers: sent }) =>
      (sent as Record<string, string>).authorization === 'fresh'
        ? Response.json({ ok: true })
        : Response.json({ error: 'Sign in.', code: 'not_signed_in', status: 401 }, { status: 401 })
    expect(await callServer({ ...connection, headers }, 'sign', {}, { timeoutMs: 1000 })).toEqual({
      ok: true,
    })
    expect(asked).toEqual([false, true])
    answer = () => Response.json({ error: 'Sign in.', code: 'not_signed_in', status: 401 }, { status: 401 })
    await expect(
      callServer({ ...connection, headers }, 'sign', {}, { timeoutMs: 1000 }),
    ).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(asked).toEqual([false, true, false, true])
  })

  describe('the page’s `headers`', () => {
    const callWith = (headers: unknown, limits: Partial<CallLimits> = {}) =>
      callServer(
        { ...connection, headers: headers as typeof connection.headers },
        'sign',
        {},
        { timeoutMs: 60_000, ...limits },
      ).catch((error) => error)
    const fault = new TypeError('A fault of the page’s.')
    const fail = () => {
      throw fault
    }

    beforeEach(() => {
      answer = () => {
        throw new Error('The server was asked.')
      }
    })

    it.each<[string, unknown]>([
      ['throw', fail],
      ['reject', () => Promise.reject(fault)],
      ['have a getter that throws', () => Object.defineProperty({}, 'x', { get: fail, enumerable: true })],
      ['are no function, and have one', Object.defineProperty({}, 'x', { get: fail, enumerable: true })],
    ])('that %s fail the call at once, and are the cause', async (_, headers) => {
      const failure = await callWith(headers)
      expect(failure).toBeInstanceOf(PartwayError)
      expect(failure).toMatchObject({ code: 'unexpected_error', isNetworkError: false })
      expect(failure.cause).toBe(fault)
      expect(failure.message).toContain(fault.message)
      expect(vi.getTimerCount()).toBe(0)
    })

    it.each<[string, unknown]>([
      ['nothing', undefined],
      ['null', null],
      ['a string', 'authorization: x'],
      ['pairs', [['authorization', 'x']]],
      ['`Headers`, of which a copy has nothing', new Headers({ authorization: 'x' })],
      ['a `Map`', new Map([['authorization', 'x']])],
      ['a header that is undefined', { authorization: undefined }],
      ['a header that is a promise', { authorization: Promise.resolve('x') }],
      ['a value of two lines', { authorization: 'x\ny' }],
      ['a value beyond Latin-1', { authorization: 'Łódź' }],
      ['a name with a space', { 'my header': 'x' }],
    ])('that give %s do, too', async (_, given) => {
      const failure = await callWith(() => given)
      expect(failure).toBeInstanceOf(PartwayError)
      expect(failure).toMatchObject({ code: 'unexpected_error', cause: expect.any(TypeError) })
    })

    it.each([
      ['a value', { authorization: 'Bearer s3cret\nrest' }],
      ['a name', { 'Bearer s3cret': 'x' }],
    ])('that give %s that no request can carry are not quoted', async (_, given) => {
      const failure: PartwayError = await callWith(() => given)
      expect(failure.message).toContain('`headers` gave a name or value that no request can carry')
      expect(inspect(failure, { depth: Infinity })).not.toContain('s3cret')
      const log: string[] = []
      const config = new ServerConfig(
        () => ({ ...connection, headers: () => given }) as unknown as Settings,
        () => () => {},
        (line) => log.push(line),
      )
      config.load()
      await config.settled(new AbortController().signal)
      expect(log).toEqual([expect.stringContaining('no request can carry')])
      expect(log.join()).not.toContain('s3cret')
    })

    it('that fail in words of the page’s own are heard', async () => {
      const own = new PartwayError('Sign in.', 'not_signed_in')
      expect(await callWith(() => Promise.reject(own))).toBe(own)
    })

    it('that give nothing in time fail the call; the time of the call itself begins after that', async () => {
      const late = callWith(() => new Promise(() => {}))
      await vi.advanceTimersByTimeAsync(60_000)
      expect(await late).toMatchObject({ code: 'unexpected_error', isNetworkError: false })
      answer = hang
      let over = false
      const hanging = callWith(() => new Promise((resolve) => setTimeout(resolve, 50_000, {})))
      void hanging.then(() => (over = true))
      await vi.advanceTimersByTimeAsync(109_000)
      expect(over).toBe(false)
      await vi.advanceTimersByTimeAsync(1000)
      expect(await hanging).toMatchObject({ final: { code: 'network_error' } })
      expect(vi.getTimerCount()).toBe(0)
    })

    it('that give nothing keep nobody who stops', async () => {
      const stop = new AbortController()
      const stopped = callWith(() => new Promise(() => {}), { signal: stop.signal })
      stop.abort()
      expect(await stopped).toMatchObject({ name: 'AbortError' })
    })

    it('that fail without a network are asked again when it is back', async () => {
      vi.stubGlobal('navigator', { onLine: false })
      expect(await callWith(fail)).toMatchObject({ final: { code: 'network_error' } })
    })
  })
})

describe('readItem', () => {
  it('gives the item, or throws what the server says of it', () => {
    expect(readItem(null)).toBeNull()
    expect(readItem({ key: 'k' })).toEqual({ key: 'k' })
    expect(() => readItem({ error: 'Gone.', code: 'upload_gone', status: 410 })).toThrow(PartwayError)
    expect(() => readItem({ error: 'Busy.', code: 's3_busy', status: 503 })).toThrow(TryFailure)
    const full = { error: 'Finish one.', code: 'too_many_unfinished', status: 429, retryAfter: 5 }
    expect(() => readItem(full)).toThrow(TryFailure)
  })

  it('says when to try again, and under which id and field the server knows it', () => {
    const busy = {
      error: 'Busy.',
      code: 's3_busy',
      status: 503,
      field: 'files[0]',
      requestId: 'r-1',
      retryAfter: 5,
    }
    const read = (item: object) => {
      try {
        return readItem(item)
      } catch (error) {
        return error
      }
    }
    expect(read(busy)).toMatchObject({
      final: { message: 'Busy.', code: 's3_busy', status: 503, field: 'files[0]', requestId: 'r-1' },
      retry: { afterMs: 5000 },
    })
    expect(read({ ...busy, code: 'quota_exceeded', status: 429 })).toBeInstanceOf(PartwayError)
  })
})
