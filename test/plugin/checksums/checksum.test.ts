// In Node there is no Worker, so what is tested here is the arithmetic, the reading, and what becomes of a worker that
// fails. The worker itself: test/browser/checksum.test.ts.
import { createHash } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChecksumKind } from '@partway/server/protocol'
import fc from 'fast-check'
import { createCRC64 } from 'hash-wasm'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Hasher } from '../../../plugin/src/checksums/hasher.js'
import { md5 } from '../../../plugin/src/checksums/md5.js'
import { pseudoRandomBytes } from '../../support/files.js'

const MiB = 1024 ** 2
const kinds: ChecksumKind[] = ['md5', 'crc64nvme']
const { signal: never } = new AbortController()
setMaxListeners(0, never)

let { checksumPart, prepareChecksums } = await import('../../../plugin/src/checksums/checksum.js')

beforeEach(async () => {
  // The page's one worker is of no use to the next test.
  vi.resetModules()
  ;({ checksumPart, prepareChecksums } = await import('../../../plugin/src/checksums/checksum.js'))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** By other implementations. */
async function expected(kind: ChecksumKind, data: Uint8Array): Promise<string> {
  if (kind === 'md5') return createHash(kind).update(data).digest('base64')
  const crc = await createCRC64('9a6c9329ac4bc9b5')
  return Buffer.from(crc.init().update(data).digest('binary')).toString('base64')
}

function someBytes(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([...pseudoRandomBytes('checksum', size)]))
}

function streamOf(pieces: Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
}

describe('checksumPart', () => {
  it.each([
    ['md5', '25f9e794323b453885f5181f1b624d0b'],
    ['crc64nvme', 'ae8b14860a799888'],
  ] as const)('%s of the standard check input', async (kind, hex) => {
    const checksum = await checksumPart(kind, new Blob(['123456789']), never)
    expect(Buffer.from(checksum ?? '', 'base64').toString('hex')).toBe(hex)
  })

  // Around the block's length, with and without room for the length, and more than what is read at a time.
  it.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 16_384, 65_537, 5 * MiB + 3])(
    'of %i bytes',
    async (size) => {
      const data = someBytes(size)
      for (const kind of kinds) {
        expect(await checksumPart(kind, new Blob([data]), never), kind).toBe(await expected(kind, data))
      }
    },
  )

  it('of a part of a file, several at a time', async () => {
    const data = someBytes(6 * MiB)
    const blob = new Blob([data])
    const cuts = [0, 1, 7, MiB, 2 * MiB + 5, 3 * MiB, 6 * MiB]
    const parts = cuts.slice(1).map((end, index) => [cuts[index] ?? 0, end] as const)
    const checksums = parts.map(([start, end]) => checksumPart('md5', blob.slice(start, end), never))
    const md5s = parts.map(([start, end]) => expected('md5', data.subarray(start, end)))
    expect(await Promise.all(checksums)).toEqual(await Promise.all(md5s))
  })

  it('of a blob that comes in pieces of any length, where it cannot be read into given memory', async () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 20 }), async (pieces) => {
        const blob = new Blob(pieces as BlobPart[])
        vi.spyOn(blob, 'stream').mockImplementation(() => streamOf(pieces))
        for (const kind of kinds) {
          expect(await checksumPart(kind, blob, never)).toBe(await expected(kind, Buffer.concat(pieces)))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('lets others have their turn, and says nothing', async () => {
    const log = ['log', 'warn', 'error'].map((name) => vi.spyOn(console, name as 'log'))
    let turns = 0
    let done = false
    const turn = () => {
      turns++
      if (!done) setImmediate(turn)
    }
    setImmediate(turn)
    const blob = new Blob([someBytes(32 * MiB)])
    const whole = [new Uint8Array(await blob.arrayBuffer())]
    vi.spyOn(blob, 'stream').mockImplementation(() => streamOf(whole))
    const since = process.cpuUsage()
    await checksumPart('md5', blob, never)
    done = true
    const { user, system } = process.cpuUsage(since)
    // Every 8 ms, in fact. The time that a busy machine gives to others is not counted.
    expect(turns).toBeGreaterThan((user + system) / 1000 / 50)
    for (const spy of log) expect(spy).not.toHaveBeenCalled()
  })
})

it('an MD5 of more bits than 32 bits can count', () => {
  const data = someBytes(19 * MiB)
  const hasher = new Hasher(md5())
  const reference = createHash('md5')
  for (let bytes = 0; bytes <= 2 ** 29; bytes += data.length) {
    hasher.update(data)
    reference.update(data)
  }
  expect(hasher.digest()).toBe(reference.digest('base64'))
})

describe('checksumPart that is aborted', () => {
  it('rejects with the reason if it was before', async () => {
    const reason = new Error('paused')
    await expect(checksumPart('md5', new Blob(['x']), AbortSignal.abort(reason))).rejects.toBe(reason)
  })

  it('rejects with the reason at once, whatever the file does, and ends the reading', async () => {
    const stop = new AbortController()
    const reason = new Error('paused')
    const cancel = vi.fn()
    const blob = new Blob(['never comes'])
    vi.spyOn(blob, 'stream').mockImplementation(() => new ReadableStream({ cancel }))
    const checksum = checksumPart('md5', blob, stop.signal)
    await vi.waitFor(() => expect(blob.stream).toHaveBeenCalled())
    stop.abort(reason)
    await expect(checksum).rejects.toBe(reason)
    expect(cancel).toHaveBeenCalled()
  })

  it('stops reading', async () => {
    const stop = new AbortController()
    const pull = vi.fn((controller: ReadableStreamDefaultController) =>
      controller.enqueue(new Uint8Array(MiB)),
    )
    const blob = new Blob(['endless'])
    vi.spyOn(blob, 'stream').mockImplementation(() => new ReadableStream({ pull }))
    const checksum = checksumPart('md5', blob, stop.signal)
    await vi.waitFor(() => expect(pull.mock.calls.length).toBeGreaterThan(3))
    stop.abort()
    await expect(checksum).rejects.toBe(stop.signal.reason)
    const { length } = pull.mock.calls
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(pull.mock.calls.length).toBeLessThanOrEqual(length + 1)
  })
})

describe('checksumPart of a file that cannot be read', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'partway-checksum-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it.each([
    ['changed', (path: string) => writeFile(path, 'something else')],
    ['cut short', (path: string) => truncate(path, 10)],
    ['deleted', (path: string) => rm(path)],
  ])('because it was %s', async (_, change) => {
    const path = join(folder, 'file')
    await writeFile(path, someBytes(3 * MiB))
    const part = (await openAsBlob(path)).slice(5, 2 * MiB)
    await change(path)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let isOver = false
    const read = checksumPart('md5', part, never).finally(() => {
      isOver = true
    })
    const rejects = expect(read).rejects.toMatchObject({ name: 'NotReadableError' })
    // It is read again several times, with seconds between them.
    while (!isOver) await vi.advanceTimersByTimeAsync(1000)
    await rejects
  })
})

describe('checksumPart with a worker', () => {
  interface Request {
    kind: ChecksumKind
    blob: Blob
  }

  /** What a worker does with a request. */
  type Behaviour = (request: Request, port: MessagePort, worker: EventTarget) => void

  function stubWorker(
    behave: Behaviour,
    start: (worker: EventTarget) => unknown = (worker) => worker.dispatchEvent(new Event('message')),
  ) {
    const workers: FakeWorker[] = []
    class FakeWorker extends EventTarget {
      terminate = vi.fn()
      constructor() {
        super()
        workers.push(this)
        queueMicrotask(() => start(this))
      }
      postMessage(request: Request, [port]: [MessagePort]) {
        behave(request, port, this)
      }
    }
    vi.stubGlobal('Worker', FakeWorker)
    return workers
  }
  const check = () => checksumPart('crc64nvme', new Blob(['123456789']), never)
  const right = 'rosUhgp5mIg='

  it('has one for all parts, and takes what it answers', async () => {
    const workers = stubWorker(({ kind }, port) => port.postMessage({ checksum: `${kind} from the worker` }))
    expect(await Promise.all([check(), check(), check()])).toEqual(Array(3).fill('crc64nvme from the worker'))
    expect(await check()).toBe('crc64nvme from the worker')
    expect(workers).toHaveLength(1)
  })

  it('is warmed up once for each kind', async () => {
    const requests: Request[] = []
    const workers = stubWorker((request) => requests.push(request))
    for (const kind of ['md5', 'md5', 'crc64nvme'] as const) prepareChecksums(kind)
    await vi.waitFor(() => expect(requests).toHaveLength(2))
    expect(requests.map(({ kind, blob }) => [kind, blob.size])).toEqual([
      ['md5', MiB],
      ['crc64nvme', MiB],
    ])
    expect(workers).toHaveLength(1)
  })

  it('passes on why a file cannot be read', async () => {
    stubWorker((_, port) => port.postMessage({ name: 'NotFoundError', message: 'It is gone.' }))
    const error = await check().catch((reason) => reason)
    expect(error).toBeInstanceOf(DOMException)
    expect(error).toMatchObject({ name: 'NotFoundError', message: 'It is gone.' })
  })

  it('passes on that the reading hangs, and goes on', async () => {
    stubWorker((_, port) => {
      for (const reply of [{ hangs: true }, { hangs: false }, { checksum: 'at last' }])
        port.postMessage(reply)
    })
    const hangs: boolean[] = []
    expect(await checksumPart('md5', new Blob(['x']), never, (isHanging) => hangs.push(isHanging))).toBe(
      'at last',
    )
    expect(hangs).toEqual([true, false])
  })

  it('tells it to stop', async () => {
    const stopped = vi.fn()
    stubWorker((_, port) => {
      port.onmessage = () => {
        stopped()
        port.close()
      }
    })
    const stop = new AbortController()
    const checksum = checksumPart('md5', new Blob(['x']), stop.signal)
    await new Promise((resolve) => setTimeout(resolve))
    stop.abort('paused')
    await expect(checksum).rejects.toBe('paused')
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce())
  })

  it('does without it if it may not be made', async () => {
    vi.stubGlobal('Worker', function Worker() {
      throw new DOMException('Blocked.', 'SecurityError')
    })
    expect(await check()).toBe(right)
  })

  it('does without it, for good, if its script does not come', async () => {
    let prevented = false
    const workers = stubWorker(
      () => {},
      (worker) => {
        prevented = !worker.dispatchEvent(new Event('error', { cancelable: true }))
      },
    )
    expect(await check()).toBe(right)
    expect(await check()).toBe(right)
    expect(workers).toHaveLength(1)
    expect(workers[0]?.terminate).toHaveBeenCalled()
    // The page's own error handlers hear nothing of it.
    expect(prevented).toBe(true)
  })

  it('there is no checksum if nothing comes that computes it; next time it may', async () => {
    let comes = false
    const workers = stubWorker(
      (_, port) => port.postMessage({ checksum: 'from the worker' }),
      (worker) => worker.dispatchEvent(new Event(comes ? 'message' : 'error', { cancelable: true })),
    )
    const script = '../../../plugin/src/checksums/hash-blob.js'
    onTestFinished(() => vi.doUnmock(script))
    vi.doMock(script, () => {
      throw new Error('404')
    })
    expect(await check()).toBeUndefined()
    comes = true
    expect(await check()).toBe('from the worker')
    expect(workers).toHaveLength(2)
  })

  it('does without it if nothing is heard of it for ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const workers = stubWorker(
      () => {},
      () => true,
    )
    const checksum = check()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await checksum).toBe(right)
    expect(workers[0]?.terminate).toHaveBeenCalled()
  })

  it('does without it if it dies, even in the middle of parts', async () => {
    const workers = stubWorker((_, port, worker) => {
      setTimeout(() => {
        port.close()
        worker.dispatchEvent(new Event('error'))
      })
    })
    expect(await Promise.all([check(), check()])).toEqual([right, right])
    expect(await check()).toBe(right)
    expect(workers).toHaveLength(1)
  })
})
