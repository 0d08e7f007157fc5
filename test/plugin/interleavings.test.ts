// Any interleaving of what users, networks and servers do ends well.
//
// Longer runs: INTERLEAVINGS=5000 npx vitest run plugin/interleavings.test.ts
// A run that failed says its seed and path: INTERLEAVINGS_REPLAY=<seed>,<path> runs it again, and nothing else;
// INTERLEAVINGS_TRACE=1 tells what happens in it.
import { setMaxListeners } from 'node:events'
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { checkSlots, checkUploads, heal } from './interleavings/outcome.js'
import { type Bundle, bundlePage } from './interleavings/page.js'
import { type Circumstances, FILES, Session } from './interleavings/session.js'
import { perform, type Step, step, weather } from './interleavings/steps.js'

const numRuns = Number(process.env.INTERLEAVINGS ?? 120)
const [seed, path] = process.env.INTERLEAVINGS_REPLAY?.split(',') ?? []

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  limit: fc.constantFrom(2, 1, 6),
  latencyMs: fc.constantFrom(10, 200, 1500),
  transferMs: fc.constantFrom(100, 400, 1500, 2500),
  expiresIn: fc.constantFrom(900, 2),
  firstWindow: fc.constantFrom(100, 2),
  checksum: fc.constantFrom(undefined, 'md5' as const),
  weather,
})

let bundle: Bundle

beforeAll(async () => {
  // A warning of Node's that browsers do not know.
  setMaxListeners(0)
  bundle = await bundlePage()
})
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function spend(
  names: string[],
  tabs: number,
  steps: Step[],
  given: Circumstances,
): Promise<string | undefined> {
  const session = new Session(bundle, given)
  try {
    for (let tab = 0; tab < tabs; tab++) session.openTab(names)
    for (const each of steps) await perform(each, session)
    await heal(session)
    checkUploads(session)
    await checkSlots(session, given.limit)
    return session.watch.wrong
  } finally {
    await session.end()
  }
}

it('whatever happens, in any order: the object is right and there once, and nothing is left behind', async () => {
  const names = fc.subarray([...FILES], { minLength: 1 })
  const property = fc.asyncProperty(
    names,
    fc.constantFrom(1, 2),
    fc.array(step, { maxLength: 40, size: 'max' }),
    circumstances,
    async (...run) => {
      expect(await spend(...run)).toBeUndefined()
    },
  )
  const replay = seed && { seed: Number(seed), path, numRuns: 1, endOnFailure: true }
  await fc.assert(property, { numRuns, ...replay })
}, 3_600_000)
