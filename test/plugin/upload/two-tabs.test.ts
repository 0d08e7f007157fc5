// Two tabs of a browser with the same file: one uploads it, and both have the object.
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Bundle, bundlePage } from '../interleavings/page.js'
import { Session } from '../interleavings/session.js'
import type { Tab } from '../interleavings/tab.js'

const WELL = {
  limit: 1,
  latencyMs: 10,
  transferMs: 100,
  expiresIn: 900,
  firstWindow: 100,
  checksum: 'md5',
  weather: { transfers: [], calls: [] },
} as const

let bundle: Bundle
let session: Session

beforeAll(async () => {
  bundle = await bundlePage()
})
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  session = new Session(bundle, { ...WELL, weather: { transfers: [], calls: [] } })
})
afterEach(async () => {
  expect(session.watch.wrong).toBeUndefined()
  await session.end()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const stateOf = ({ uppy }: Tab) => uppy.getFiles().map(({ progress }) => progress.uploadComplete)
const tickets = () => [...session.world.uploads.values()].map(({ ticket }) => ticket)

/** The first has sent three of six parts when the second begins. */
async function openBoth(): Promise<[Tab, Tab]> {
  session.openTab(['film'])
  await session.pass(350)
  session.openTab(['film'])
  await session.pass(60)
  return session.tabs as [Tab, Tab]
}

describe('the second', () => {
  it('waits, and has the result of the first', async () => {
    const [first, second] = await openBoth()
    expect(second.uppy.getFiles()).toMatchObject([
      { waiting: '“film” is being uploaded in another tab. Waiting for it.' },
    ])
    await session.pass(1000)
    expect([stateOf(first), stateOf(second)]).toEqual([[true], [true]])
    expect(tickets()).toEqual(['ticket-1'])
    expect(session.world.routes('complete')).toHaveLength(1)
  })

  it.each(['closes', 'pauses', 'is cancelled'] as const)('goes on when the first %s', async (what) => {
    const [first, second] = await openBoth()
    if (what === 'closes') session.close(first)
    else if (what === 'pauses') first.uppy.pauseAll()
    else first.cancelAll()
    await session.pass(20_000)
    expect(stateOf(second)).toEqual([true])
    expect(tickets()).toEqual(['ticket-1'])
  })

  it('does not take a result that is somebody else’s', async () => {
    const [first, second] = await openBoth()
    session.world.onComplete = ({ ticket }) => {
      // The first tab has heard of it under its own name.
      session.world.owner = 'eve'
      return { ticket }
    }
    await session.pass(1000)
    expect([stateOf(first), stateOf(second)]).toEqual([[true], [true]])
    expect([...session.world.uploads.values()].map(({ owner }) => owner)).toEqual(['ada', 'eve'])
  })

  it('with other metadata is another upload', async () => {
    session.openTab(['film'])
    await session.pass(350)
    session.openTab([])
    const [, second] = session.tabs as [Tab, Tab]
    second.add('film')
    second.uppy.setFileMeta(second.wishes[0]?.id ?? '', { title: 'Mine' })
    second.upload()
    await session.pass(3000)
    expect(tickets()).toEqual(['ticket-1', 'ticket-2'])
    expect(stateOf(second)).toEqual([true])
  })
})

it('a paused tab has what the other has made of the file, when it goes on', async () => {
  const [first, second] = await openBoth()
  first.uppy.pauseAll()
  await session.pass(3000)
  expect(stateOf(second)).toEqual([true])
  first.uppy.resumeAll()
  await session.pass(1000)
  expect(stateOf(first)).toEqual([true])
  expect(tickets()).toEqual(['ticket-1'])
})

describe('with another file that is known by the same', () => {
  /** @param parts that the first has sent when the second begins */
  async function openTwins(parts = 2): Promise<[Tab, Tab]> {
    session.world.partSize = 20_000
    session.openTab(['twin'])
    await session.pass(50)
    while (session.world.upload().parts.size < parts) await session.pass(10)
    session.openTab([])
    const [first, second] = session.tabs as [Tab, Tab]
    second.add('twin', true)
    second.upload()
    await session.pass(60)
    return [first, second]
  }

  it('the second does not take the object of the first', async () => {
    const [first, second] = await openTwins()
    await session.pass(10_000)
    expect([stateOf(first), stateOf(second)]).toEqual([[true], [true]])
    expect(tickets()).toEqual(['ticket-1', 'ticket-2'])
  })

  it('nor when it has begun one of its own', async () => {
    const [first, second] = await openTwins(6)
    first.uppy.pauseAll()
    await session.pass(300)
    expect(tickets()).toEqual(['ticket-1', 'ticket-2'])
    second.uppy.pauseAll()
    first.uppy.resumeAll()
    await session.pass(5000)
    expect(stateOf(first)).toEqual([true])
    second.uppy.resumeAll()
    await session.pass(10_000)
    expect(stateOf(second)).toEqual([true])
  })
})

it('a tab that waits has the result of a file that the user picked for the upload', async () => {
  session.openTab(['film'])
  await session.pass(350)
  session.close(session.tabs[0] as Tab)
  session.openTab([])
  session.openTab([])
  const [first, second] = session.tabs as [Tab, Tab]
  await session.settle(first.continue('film'))
  second.add('film')
  second.upload()
  await session.pass(5000)
  expect([stateOf(first), stateOf(second)]).toEqual([[true], [true]])
  expect(tickets()).toEqual(['ticket-1'])
})

it('a tab that does not answer keeps nobody waiting for more than a second', async () => {
  const [first, second] = await openBoth()
  // As a browser freezes it: it has the lock's place in the queue, and hears nothing.
  second.page.freeze()
  await session.pass(3000)
  expect(stateOf(first)).toEqual([true])
})

it('discard() stops it in the other tab, whose Uppy removes the file, and S3 keeps nothing', async () => {
  session.openTab(['film'])
  await session.pass(350)
  session.openTab([])
  const [first, second] = session.tabs as [Tab, Tab]
  const removed: string[] = []
  first.uppy.on('file-removed', ({ name }) => {
    removed.push(String(name))
    for (const wish of first.wishes) wish.removed = true
  })
  await session.settle(second.discard('film'))
  await session.pass(1000)
  expect(removed).toEqual(['film'])
  expect(session.world.upload()).toMatchObject({ aborted: true, parts: new Map() })
})
