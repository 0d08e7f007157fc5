// The queue of remote files, as Uppy's request client uses it.
import { expect, it } from 'vitest'
import { RemoteQueue } from '../../../plugin/src/uppy/remote-queue.js'

/** Calls that end when they are told to. */
function createCalls(queue: RemoteQueue) {
  const started: string[] = []
  const ends = new Map<string, { resolve(value: string): void; reject(reason: unknown): void }>()
  const call = queue.wrapPromiseFunction((name: string) => {
    started.push(name)
    return new Promise<string>((resolve, reject) => ends.set(name, { resolve, reject }))
  })
  return { call, started, end: (name: string) => ends.get(name)?.resolve(`${name} is done`), ends }
}

/** Until all that can start has started. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

it('starts calls in their order, as many as its limit allows', async () => {
  let limit = 2
  const queue = new RemoteQueue(() => limit)
  const { call, started, end } = createCalls(queue)
  const first = call('first')
  call('second')
  call('third')
  call('fourth')
  call('fifth')
  await settle()
  expect(started).toEqual(['first', 'second'])
  end('first')
  expect(await first).toBe('first is done')
  await settle()
  expect(started).toEqual(['first', 'second', 'third'])
  limit = 3
  end('second')
  await settle()
  expect(started).toEqual(['first', 'second', 'third', 'fourth', 'fifth'])
})

it('a call that fails makes room', async () => {
  const queue = new RemoteQueue(() => 1)
  const { call, started, ends } = createCalls(queue)
  const failed = call('failed')
  call('next')
  await settle()
  ends.get('failed')?.reject(new Error('refused'))
  await expect(failed).rejects.toThrow('refused')
  await settle()
  expect(started).toEqual(['failed', 'next'])
})

it('a call that is aborted rejects at once, and is not started if it was queued', async () => {
  const queue = new RemoteQueue(() => 1)
  const { call, started, end } = createCalls(queue)
  const [running, queued] = [new AbortController(), new AbortController()]
  const first = call('first').abortOn(running.signal)
  const second = call('second').abortOn(queued.signal)
  call('third')
  await settle()
  queued.abort(new Error('not any more'))
  running.abort(new Error('enough'))
  await expect(second).rejects.toThrow('not any more')
  await expect(first).rejects.toThrow('enough')
  await settle()
  // The first still has its place: it is not over.
  expect(started).toEqual(['first'])
  end('first')
  await settle()
  expect(started).toEqual(['first', 'third'])
})

it('what has not started can be dropped', async () => {
  const queue = new RemoteQueue(() => 1)
  const { call, started, end } = createCalls(queue)
  const first = call('first')
  const second = call('second')
  queue.clear()
  await expect(second).rejects.toMatchObject({ name: 'AbortError' })
  await settle()
  end('first')
  expect(await first).toBe('first is done')
  await settle()
  expect(started).toEqual(['first'])
})
