// One or two pages with a large file, servers, finishers, S3: everything that can happen, and what must never be.
import { type Call, createServers, type Fault, type Move, runAlone } from '../call.js'
import type { Model } from '../explore.js'
import { edit, keyOf } from '../state.js'
import { pageMoves, receive, wireMoves } from './page.js'
import { findFault } from './properties.js'
import { createOperations, type Protocol, sound } from './protocol.js'
import type { Page, PageName, World } from './world.js'

export interface Scenario {
  /** Letter of the file that each page holds. */
  pages: Partial<Record<PageName, string>>
  protocol?: Partial<Protocol>
  /** @default false */
  locks?: boolean
  /** How many may run at once. @default 1 */
  finishers?: number
  /** Which faults may happen, and how many in all. @default none */
  faults?: readonly Fault[]
  /** @default 1 */
  mostFaults?: number
  /** @default 0 */
  cancels?: number
  /** How many uploads may run out of time before all is at rest. @default 0 */
  expiries?: number
}

export function largeFile(scenario: Scenario): Model<World> {
  const { locks = false, finishers = 1, faults = [], mostFaults = 1, cancels = 0, expiries = 0 } = scenario
  const protocol = { ...sound, ...scenario.protocol }
  const operations = createOperations(protocol)
  const servers = createServers<World>(
    operations,
    (world, by, reply) => receive(world, by, protocol, reply),
    faults,
  )
  const names = Object.keys(scenario.pages) as PageName[]

  function* moves(world: World): Generator<Move<World>> {
    const hidden = servers.hiddenMoves(world)
    if (hidden) return yield* hidden
    yield* servers.moves(world)
    yield* wireMoves(world, protocol)
    for (const name of names)
      yield* pageMoves(world, name, { locks, canClose: faults.includes('page closed') })
    yield* finisherMoves(world, finishers)
    yield* expiryMoves(world)
  }

  return {
    initial: {
      entries: {},
      uploads: {},
      objects: {},
      quota: {},
      heard: {},
      expired: {},
      wire: [],
      calls: [],
      pages: Object.fromEntries(names.map((name) => [name, newPage(scenario.pages[name] as string)])),
      faultsLeft: mostFaults,
      cancelsLeft: cancels,
      expiriesLeft: expiries,
    },
    keyOf,
    *next(world) {
      for (const [label, change] of moves(world)) {
        const next = { ...world }
        change(next)
        forgetWhatIsOver(next)
        yield [label, next]
      }
    },
    findFault: (world) =>
      findFault(world, {
        atRest: isAtRest(world) ? rest(world) : undefined,
        locks,
        hadFault: world.faultsLeft < mostFaults,
      }),
  }

  /** Nothing is under way: all time runs out, and the finisher looks until it has nothing left to do. */
  function rest(world: World): World {
    const last = { ...world }
    for (let pass = 1; pass <= 3; pass++) {
      for (const [name, { id }] of Object.entries(last.entries)) {
        edit(last, 'expired')[id] = true
        runAlone(last, operations, 'finish', name)
      }
    }
    return last
  }
}

function* finisherMoves(world: World, finishers: number): Generator<Move<World>> {
  for (let number = 1; number <= finishers; number++) {
    const by = `finisher ${number}`
    if (world.calls.some((call) => call.by === by)) continue
    for (const name of Object.keys(world.entries)) {
      const call: Call = { by, operation: 'finish', input: [name], awaited: false, replies: [] }
      yield [
        `${by} looks at ${name}`,
        (next) => {
          next.calls = [...next.calls, call]
        },
      ]
    }
  }
}

function* expiryMoves(world: World): Generator<Move<World>> {
  if (world.expiriesLeft === 0) return
  for (const { id } of Object.values(world.entries)) {
    if (world.expired[id]) continue
    yield [
      `the time of ${id} is over`,
      (next) => {
        next.expiriesLeft -= 1
        edit(next, 'expired')[id] = true
      },
    ]
  }
}

function isAtRest({ calls, wire, pages }: World): boolean {
  const hasEnded = ({ state }: Page) => state === 'done' || state === 'gone'
  return calls.length === 0 && wire.length === 0 && Object.values(pages).every(hasEnded)
}

// What can make no difference any more makes no other state.
function forgetWhatIsOver(world: World): void {
  const { entries, uploads, objects, quota, expired, pages } = world
  const named = Object.values(entries).map(({ id }) => id)
  for (const id in expired) if (!named.includes(id)) delete edit(world, 'expired')[id]
  const isOver = (id: string) => !uploads[id] && !objects[id] && !quota[id]
  for (const name of Object.keys(pages) as PageName[]) {
    if (!pages[name]?.held.some(isOver)) continue
    const page = edit(world, 'pages')[name] as Page
    page.held = page.held.filter((id) => !isOver(id))
  }
}

function newPage(content: string): Page {
  return { state: 'new', content, creates: 0, held: [] }
}
