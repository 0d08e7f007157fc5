// The journal's protocol, in every order in which pages, servers, finishers and faults can come; and that the checker sees
// what each of its rules is for.
import { describe, expect, it } from 'vitest'
import type { Fault } from './call.js'
import { explore, type Model } from './explore.js'
import { type Scenario as LargeScenario, largeFile } from './large/model.js'
import type { Protocol as LargeProtocol } from './large/protocol.js'
import { type Scenario as SmallScenario, smallFiles } from './small/model.js'
import type { Protocol as SmallProtocol } from './small/protocol.js'

/** Minutes in place of seconds. */
const isDeep = process.env.MODEL === 'deep'
const mostStates = isDeep ? 5_000_000 : 300_000

const faults: Fault[] = ['server ends', 'request repeated', 'page closed']
const lost: Fault[] = ['reply lost']
const all = [...faults, ...lost]

const one = { A: 'x' }
const two = { A: 'x', B: 'x' }
const different = { A: 'x', B: 'y' }

const large: Record<string, LargeScenario> = {
  'one page, which cancels': { pages: one, cancels: 1, faults: all },
  'one page, whose time runs out': { pages: one, expiries: 1, faults },
  'one page, two finishers': { pages: one, finishers: 2, faults },
  'two pages with one file': { pages: two },
  'two pages with one file, and faults': { pages: two, finishers: 0, faults },
  'two pages with one file, whose time runs out': { pages: two, finishers: 0, expiries: 1 },
  'two pages with one file, one at a time': { pages: two, locks: true, faults },
  'two pages with one file, one cancels': { pages: two, finishers: 0, cancels: 1 },
  'two pages with other bytes': { pages: different },
}

const deepLarge: Record<string, LargeScenario> = {
  'one page, two faults': { pages: one, cancels: 1, faults: all, mostFaults: 2 },
  'one page, whose time runs out, lost replies': { pages: one, expiries: 1, faults: all },
  'two pages with one file, lost replies': { pages: two, finishers: 0, faults: lost },
  'two pages with one file, one cancels, faults': { pages: two, cancels: 1, faults },
  'two pages with one file, one at a time, lost replies': { pages: two, locks: true, faults: lost },
  'two pages with other bytes, faults': { pages: different, faults },
}

const small: Record<string, SmallScenario> = {
  'one cancel': { cancels: 1 },
  'signatures expire': { expires: true },
  'a cancel, and signatures expire': { cancels: 1, expires: true },
  'a cancel, and faults': { cancels: 1, faults },
  'a cancel, and lost replies': { cancels: 1, finishers: 0, faults: lost },
}

const deepSmall: Record<string, SmallScenario> = {
  'a cancel, lost replies, a finisher': { cancels: 1, faults: lost },
  'a cancel, signatures expire, faults': { cancels: 1, expires: true, faults },
  'two finishers': { finishers: 2, cancels: 1 },
}

/** A rule that is turned off, where that shows, and how. */
const brokenLarge: [keyof LargeProtocol, LargeScenario, fault: RegExp][] = [
  ['entryBeforeGrant', { pages: one }, /no entry names it/],
  ['createsOnlyNew', { pages: two }, /no entry names it/],
  ['replacesOnlyKnown', { pages: two, finishers: 0, expiries: 1 }, /no entry names it/],
  ['removesOnlyOwn', { pages: two }, /no entry names it/],
  // Stores that do not know `If-Match` at DELETE are left with this, within one request's time.
  ['deletesOnlyKnown', { pages: two }, /no entry names it/],
  ['abortsOwnWhenSecond', { pages: two }, /stays on S3/],
  ['releasesReplaced', { pages: one, expiries: 1, faults }, /stays on S3 or in the quota/],
  ['listsBeforeHead', { pages: two }, /no entry names it/],
  ['deliversBeforeRemoving', { pages: one }, /no entry names it/],
  ['abortsBeforeReleasing', { pages: one, cancels: 1, faults }, /does not count/],
  ['abortSparesCompleted', { pages: one, cancels: 1, faults }, /no entry names it/],
  ['completesBeforeRemoving', { pages: one }, /no entry names it/],
  ['pageDeclares', { pages: different }, /bytes of two files/],
  ['finisherWantsDeclaration', { pages: different }, /bytes of two files/],
  ['finisherReadsAgain', { pages: different }, /bytes of two files/],
  ['asksBeforeStartingOver', { pages: two }, /has made B\d of what was A\d already/],
]

const brokenSmall: [keyof SmallProtocol, SmallScenario, fault: RegExp][] = [
  ['entryBeforeGrant', {}, /no entry names it/],
  ['deliversBeforeSettling', {}, /no entry names it/],
  ['settlesEach', {}, /no entry names it/],
  ['marksCancels', { cancels: 1 }, /the host hears of \d, which is cancelled/],
  ['decidesOnce', { cancels: 1 }, /the host hears of \d, which is cancelled/],
  ['looksAgain', { cancels: 1 }, /the host hears of \d, which is cancelled/],
  ['clockBeforeHead', { expires: true }, /no entry names it/],
  ['waitsForForms', { expires: true }, /no entry names it/],
  ['releasesBeforeSettling', { expires: true, faults }, /stays in the quota/],
  ['asksBeforeCancelling', { cancels: 1, faults: lost }, /the host hears of \d, which is cancelled/],
]

describe('a large file', () => {
  it.each(Object.entries({ ...large, ...(isDeep && deepLarge) }))('%s', (_, scenario) => {
    expectSound(largeFile(scenario))
  })

  it.each(brokenLarge)('needs %s', (rule, scenario, fault) => {
    expectFault(largeFile({ ...scenario, protocol: { [rule]: false } }), fault)
  })
})

describe('small files', () => {
  it.each(Object.entries({ ...small, ...(isDeep && deepSmall) }))('%s', (_, scenario) => {
    expectSound(smallFiles(scenario))
  })

  it.each(brokenSmall)('need %s', (rule, scenario, fault) => {
    expectFault(smallFiles({ ...scenario, protocol: { [rule]: false } }), fault)
  })
})

function expectSound<State>(model: Model<State>): void {
  const { states, counterexample } = explore(model, mostStates)
  if (counterexample) expect.fail(`${counterexample.fault}:\n${counterexample.trace.join('\n')}`)
  expect(states).toBeGreaterThan(100)
}

function expectFault<State>(model: Model<State>, fault: RegExp): void {
  expect(explore(model, mostStates).counterexample?.fault).toMatch(fault)
}
