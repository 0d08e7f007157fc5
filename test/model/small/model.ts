// A page with two small files, servers, finishers, S3: everything that can happen, and what must never be.
import { createServers, type Fault, type Move, runAlone } from '../call.js'
import type { Model } from '../explore.js'
import { edit, keyOf } from '../state.js'
import { pageMoves, receive, wireMoves } from './page.js'
import { createOperations, type Protocol, type Reply, sound } from './protocol.js'
import { files, type World } from './world.js'

export interface Scenario {
  protocol?: Partial<Protocol>
  /** How many may run at once. @default 1 */
  finishers?: number
  /** Which faults may happen, and how many in all. @default none */
  faults?: readonly Fault[]
  /** @default 1 */
  mostFaults?: number
  /** @default 0 */
  cancels?: number
  /** The signatures can expire before all is at rest. @default false */
  expires?: boolean
}

export function smallFiles(scenario: Scenario): Model<World> {
  const { finishers = 1, faults = [], mostFaults = 1, cancels = 0, expires = false } = scenario
  const protocol = { ...sound, ...scenario.protocol }
  const operations = createOperations(protocol)
  const answer = (world: World, _: string, reply: unknown) =>
    receive(world, reply as Reply | undefined, protocol.entryBeforeGrant)
  const servers = createServers<World>(operations, answer, faults)

  function* moves(world: World): Generator<Move<World>> {
    const hidden = servers.hiddenMoves(world)
    if (hidden) return yield* hidden
    yield* servers.moves(world)
    yield* wireMoves(world)
    yield* pageMoves(world, protocol, faults.includes('page closed'))
    yield* finisherMoves(world, finishers)
    if (expires && world.journal.entry && !world.clock.expired) {
      yield [
        'the signatures expire',
        (next) => {
          edit(next, 'clock').expired = true
        },
      ]
    }
  }

  return {
    initial: {
      journal: { marks: {} },
      objects: {},
      quota: {},
      heard: {},
      wire: [],
      clock: {},
      page: { state: 'new', files: {} },
      calls: [],
      faultsLeft: mostFaults,
      cancelsLeft: cancels,
    },
    keyOf,
    *next(world) {
      for (const [label, change] of moves(world)) {
        const next = { ...world }
        change(next)
        yield [label, next]
      }
    },
    findFault: (world) => findFault(world) ?? (isAtRest(world) ? findFaultAtRest(rest(world)) : undefined),
  }

  function rest(world: World): World {
    const last = { ...world, clock: { expired: true as const } }
    for (let pass = 1; pass <= 2; pass++) runAlone(last, operations, 'finish')
    return last
  }
}

function* finisherMoves({ journal, calls }: World, finishers: number): Generator<Move<World>> {
  if (!journal.entry && Object.keys(journal.marks).length === 0) return
  for (let number = 1; number <= finishers; number++) {
    const by = `finisher ${number}`
    if (calls.some((call) => call.by === by)) continue
    const call = { by, operation: 'finish', input: [], awaited: false, replies: [] }
    yield [
      `${by} looks`,
      (next) => {
        next.calls = [...next.calls, call]
      },
    ]
  }
}

function isAtRest({ calls, wire, page }: World): boolean {
  const isOver =
    page.state === 'gone' || (page.state === 'open' && files.every((file) => hasEnded(page.files[file])))
  return calls.length === 0 && wire.length === 0 && isOver
}

function hasEnded(state: string | undefined): boolean {
  return state !== 'granted' && state !== 'sending' && state !== 'sent'
}

function findFault({ journal, objects, heard, page, wire }: World): string | undefined {
  for (const file of files) {
    const canBe = objects[file] || wire.includes(file)
    if (canBe && !heard[file] && !journal.entry) return `object ${file} is unheard of, and no entry names it`
    if (page.files[file] === 'complete' && !heard[file])
      return `the page is told success of ${file} before the host`
    if (page.files[file] === 'complete' && !objects[file])
      return `the page is told success of ${file}, which is gone`
    if (page.files[file] === 'cancelled' && heard[file])
      return `the host hears of ${file}, which is cancelled`
  }
  return undefined
}

function findFaultAtRest({ journal, objects, quota, heard, page }: World): string | undefined {
  if (journal.entry || Object.keys(journal.marks).length > 0) return 'something stays in the journal for ever'
  for (const file of files) {
    if (objects[file] && !heard[file]) return `nobody hears of object ${file}`
    if (heard[file] && !objects[file]) return `object ${file} is gone, and the host has heard of it`
    if (page.files[file] === 'cancelled' && objects[file]) return `${file} is cancelled, and there`
    if (page.files[file] && (quota[file] === 'finished') !== (objects[file] === true))
      return `${file} counts wrongly`
    if (page.files[file] && quota[file] === 'reserved') return `${file} stays in the quota`
  }
  return undefined
}
