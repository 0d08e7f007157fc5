// A page with two small files: what it does next, and what it makes of a reply.
import { type Call, fault, type Move, withoutCaller } from '../call.js'
import { edit } from '../state.js'
import type { Protocol, Reply } from './protocol.js'
import { files, type World } from './world.js'

/** @param canClose the page can be closed at any time */
export function* pageMoves(world: World, protocol: Protocol, canClose: boolean): Generator<Move<World>> {
  const { page, clock, wire } = world
  if (page.state === 'gone') return
  if (canClose && (page.state !== 'new' || page.waits) && world.faultsLeft > 0) {
    yield fault('the page IS CLOSED', close)
  }
  if (page.waits) return
  if (page.state === 'new') yield ['the page calls create', (next) => call(next, 'new', 'create')]
  if (page.state.startsWith('cancelling')) {
    const file = page.state.slice(-1)
    yield [`the page cancels ${file} again`, (next) => call(next, page.state, 'cancel', file)]
  }
  const sent = files.filter((file) => page.files[file] === 'sent')
  if (sent.length > 0 && (page.state === 'open' || page.state === 'completing')) {
    yield ['the page calls complete', (next) => call(next, 'completing', 'complete', sent.join(''))]
  }
  if (page.state !== 'open' && (page.state !== 'completing' || protocol.asksBeforeCancelling)) return
  for (const file of files) {
    const state = page.files[file]
    if (state === 'granted' && !clock.expired) {
      yield [
        `the page sends ${file}`,
        (next) => {
          next.wire = [...wire, file]
          edit(next, 'page').files[file] = 'sending'
        },
      ]
    }
    if (state === 'granted' && clock.expired) {
      yield [
        `the page gives ${file} up`,
        (next) => {
          edit(next, 'page').files[file] = 'given up'
        },
      ]
    }
    const canCancel = state === 'granted' || state === 'sending' || state === 'sent'
    if (world.cancelsLeft > 0 && canCancel) {
      yield [
        `the page cancels ${file}`,
        (next) => {
          next.cancelsLeft -= 1
          call(next, `cancelling ${file}`, 'cancel', file)
        },
      ]
    }
  }
}

/** What is on the wire arrives, whatever has become of the page. */
export function* wireMoves({ wire }: World): Generator<Move<World>> {
  for (const file of wire) {
    yield [
      `${file} arrives`,
      (next) => {
        next.wire = wire.filter((other) => other !== file)
        edit(next, 'objects')[file] = true
        if (next.page.files[file] === 'sending') edit(next, 'page').files[file] = 'sent'
      },
    ]
  }
}

/** A server has answered the page's call, or never will. */
export function receive(world: World, reply: Reply | undefined, entryBeforeGrant: boolean): void {
  const page = edit(world, 'page')
  delete page.waits
  if (reply === 'granted') {
    Object.assign(page, { state: 'open', files: { 1: 'granted', 2: 'granted' } })
    if (!entryBeforeGrant) start(world, { by: 'page', operation: 'write', input: [], awaited: false })
  } else if (reply === 'cancelled' || reply === 'completed before') {
    page.files[page.state.slice(-1)] = reply
    page.state = 'open'
  } else if (reply) {
    for (const file of files) if (reply[file] === 'complete') page.files[file] = 'complete'
    page.state = 'open'
  } else if (page.state === 'new') {
    // Its next try has another entry, and so another story.
    page.state = 'gone'
  }
}

function close(world: World): void {
  const page = edit(world, 'page')
  page.state = 'gone'
  delete page.waits
  world.calls = world.calls.map((call) => (call.by === 'page' ? withoutCaller(call) : call))
}

function call(world: World, state: World['page']['state'], operation: string, ...input: string[]): void {
  Object.assign(edit(world, 'page'), { state, waits: true })
  start(world, { by: 'page', operation, input, awaited: true })
}

function start(world: World, call: Omit<Call, 'replies'>): void {
  world.calls = [...world.calls, { ...call, replies: [] }]
}
