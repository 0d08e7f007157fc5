// A page with a large file: what it does next, and what it makes of a reply.
import { type Call, fault, type Move, withoutCaller } from '../call.js'
import { edit } from '../state.js'
import type { Completion, Protocol } from './protocol.js'
import type { Grant, Page, PageName, World } from './world.js'

/** The idempotency key of both pages, and so the name of the entry. */
const KEY = 'N'
/** A page that finds no end is given up. */
const MOST_CREATES = 3

/** @param locks a page waits for the other one (Web Lock), and takes over what it has made of the same file */
export function* pageMoves(
  world: World,
  name: PageName,
  { locks, canClose }: { locks: boolean; canClose: boolean },
): Generator<Move<World>> {
  const page = world.pages[name] as Page
  const { state, content, grant } = page
  if (state === 'done' || state === 'gone') return
  const other = world.pages[name === 'A' ? 'B' : 'A']
  if (canClose && (state !== 'new' || page.waits) && world.faultsLeft > 0) {
    yield fault(`${name} IS CLOSED`, (next) => close(next, name))
  }
  if (page.waits) return
  if ((state === 'sending' || state === 'completing') && world.cancelsLeft > 0) {
    yield [
      `${name} cancels`,
      (next) => {
        next.cancelsLeft -= 1
        call(next, name, 'cancelling', 'abort', [KEY, idOf(page)])
      },
    ]
  }
  if (world.wire.some((part) => part.page === name)) return
  if (state === 'new') {
    if (locks && other && isBusy(other)) return
    if (locks && other?.outcome === 'complete' && other.content === content) {
      yield [`${name} is handed the result`, (next) => end(pageOf(next, name), 'handed over')]
      return
    }
    if (page.creates === MOST_CREATES) {
      yield [`${name} gives up`, (next) => end(pageOf(next, name), 'gave up')]
      return
    }
    yield [
      `${name} calls create`,
      (next) => {
        const { creates } = page
        call(next, name, 'new', 'create', [KEY, name, `${name}${creates + 1}`])
        pageOf(next, name).creates += 1
      },
    ]
  } else if (state === 'cancelling') {
    yield [`${name} cancels again`, (next) => call(next, name, state, 'abort', [KEY, idOf(page)])]
  } else {
    yield* sendOrComplete(name, page, grant as Grant)
  }
}

function* sendOrComplete(name: PageName, page: Page, { id, stored, joined }: Grant): Generator<Move<World>> {
  const { state, content } = page
  const missing = stored === 'complete' || state === 'completing' ? [] : indexesOf(stored, '')
  const [part] = missing
  if (part === undefined) {
    const whole = content + content
    yield [`${name} calls complete`, (next) => call(next, name, 'completing', 'complete', [KEY, id, whole])]
  } else if (joined && !page.declared && missing.length === 1) {
    const whole = content + content
    yield [`${name} calls declare`, (next) => call(next, name, 'sending', 'declare', [KEY, id, whole])]
  } else {
    yield [
      `${name} sends part ${part + 1} of ${id}`,
      (next) => {
        next.wire = [...next.wire, { page: name, id, part, content }]
      },
    ]
  }
}

/** What is on the wire arrives. */
export function* wireMoves(world: World, protocol: Protocol): Generator<Move<World>> {
  for (const [index, { page: name, id, part, content }] of world.wire.entries()) {
    yield [
      `part ${part + 1} of ${id} from ${name} arrives`,
      (next) => {
        next.wire = next.wire.toSpliced(index, 1)
        const upload = next.uploads[id] && edit(next, 'uploads')[id]
        if (upload) upload[part] = content
        const page = pageOf(next, name)
        if (page.state !== 'sending' || page.grant?.id !== id || page.grant.stored === 'complete') return
        if (upload) page.grant.stored[part] = content
        else if (protocol.asksBeforeStartingOver) page.state = 'completing'
        else startOver(page)
      },
    ]
  }
}

/** A server has answered a page's call, or never will. */
export function receive(world: World, by: string, protocol: Protocol, reply: unknown): void {
  const page = pageOf(world, by as PageName)
  delete page.waits
  if (reply === undefined) return
  if (page.state === 'new') takeGrant(world, page, by, protocol, reply as Grant)
  else if (page.state === 'sending') page.declared = true
  else if (page.state === 'completing') takeCompletion(page, reply as Completion)
  else end(page, reply as 'cancelled' | 'completed before')
}

function takeGrant(world: World, page: Page, by: string, { entryBeforeGrant }: Protocol, grant: Grant): void {
  const { id, stored } = grant
  if (!page.held.includes(id)) page.held.push(id)
  const isOthers = stored !== 'complete' && stored.some((part) => part !== '' && part !== page.content)
  if (isOthers) end(page, 'another upload')
  else Object.assign(page, { state: 'sending', grant })
  if (!entryBeforeGrant) {
    start(world, { by, operation: 'write', input: [KEY, by, id], awaited: false })
  }
}

function takeCompletion(page: Page, completion: Completion): void {
  if (completion === 'complete') end(page, 'complete')
  else if (completion === 'differs') end(page, 'another upload')
  else startOver(page)
}

function startOver(page: Page): void {
  page.state = 'new'
  delete page.grant
  delete page.declared
}

function end(page: Page, outcome: NonNullable<Page['outcome']>): void {
  Object.assign(page, { state: 'done', outcome })
}

function close(world: World, name: PageName): void {
  const page = pageOf(world, name)
  page.state = 'gone'
  delete page.waits
  world.calls = world.calls.map((call) => (call.by === name ? withoutCaller(call) : call))
}

function call(world: World, by: PageName, state: Page['state'], operation: string, input: string[]): void {
  Object.assign(pageOf(world, by), { state, waits: true })
  start(world, { by, operation, input, awaited: true })
}

function start(world: World, call: Omit<Call, 'replies'>): void {
  world.calls = [...world.calls, { ...call, replies: [] }]
}

/** To be changed. */
function pageOf(world: World, name: PageName): Page {
  return edit(world, 'pages')[name] as Page
}

function idOf({ grant }: Page): string {
  return (grant as Grant).id
}

function isBusy({ state, creates }: Page): boolean {
  return creates > 0 && state !== 'done' && state !== 'gone'
}

function indexesOf(parts: string[], wanted: string): number[] {
  return parts.flatMap((part, index) => (part === wanted ? [index] : []))
}
