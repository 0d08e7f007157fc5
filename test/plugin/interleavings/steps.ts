// What can happen, in any order: each step is named for what the user, the network or S3 does.
import fc from 'fast-check'
import {
  FAULTS,
  type Fault,
  REFUSALS,
  ROUTES,
  type Route,
  type TransferFault,
  type Weather,
} from './faults.js'
import { FILES, type FileName, type Session } from './session.js'
import { EVENTS, type PageEvent, type Tab, type Wish } from './tab.js'
import { trace } from './trace.js'
import { LARGE, ListenerError } from './watch.js'

/** With a file that is in the tab, neither done nor removed. */
const WITH_FILE = {
  'pauses or resumes': ({ uppy }: Tab, { id }: Wish) => void uppy.pauseResume(id),
  'pauses twice': (tab: Tab, wish: Wish) => {
    tab.setPaused(wish, true)
    tab.setPaused(wish, true)
  },
  'resumes, paused or not': (tab: Tab, wish: Wish) => tab.setPaused(wish, false),
  'retries, failed or not': (tab: Tab, wish: Wish) => tab.retry(wish),
  removes: (tab: Tab, wish: Wish) => tab.remove(wish),
}

const WITH_TAB = {
  'clicks upload': (tab: Tab) => tab.upload(),
  'pauses all': ({ uppy }: Tab) => uppy.pauseAll(),
  'resumes all': ({ uppy }: Tab) => uppy.resumeAll(),
  'retries all': (tab: Tab) => tab.retryAll(),
  'cancels all': (tab: Tab) => tab.cancelAll(),
  'opens another tab': (tab: Tab, session: Session) => {
    if (session.tabs.length === 1) session.openTab(tab.names)
  },
}

const LEAVING = {
  // As in a single-page app: Uppy ends, the page stays.
  'leaves the view': (tab: Tab, session: Session) => session.unmount(tab),
  // Some pages end Uppy when they are left, and then it may still get something done.
  'reloads, and the page tidies up': (tab: Tab, session: Session) => {
    session.unmount(tab)
    tab.page.leave()
  },
  'reloads, or sees it crash': (tab: Tab, session: Session) => session.reload(tab),
  'closes the tab, if there is another': (tab: Tab, session: Session) => {
    if (session.tabs.length > 1) session.close(tab)
  },
}

/** With an upload that was begun before, and whose file no tab has. */
const WITH_UNFINISHED = {
  'continues with': (tab: Tab, name: FileName) => tab.continue(name),
  'continues with another file': (tab: Tab, name: FileName) => tab.continue(name, true),
  discards: (tab: Tab, name: FileName) => tab.discard(name),
}

/** What the page does while it is told of something. */
const REACTIONS = {
  throws: () => {
    throw new ListenerError('thrown by the page')
  },
  adds: (tab: Tab) => {
    for (const name of FILES) tab.add(name)
    tab.upload()
  },
  'leaves the view': LEAVING['leaves the view'],
  ...WITH_TAB,
}

export type Step =
  | { passMs: number }
  | { sleepMs: number }
  | { on: PageEvent; reacts: keyof typeof REACTIONS | keyof typeof WITH_FILE }
  | { unfinished: keyof typeof WITH_UNFINISHED; file: FileName; tab: number }
  | { adds: FileName; tab: number }
  | { user: keyof typeof WITH_FILE; file: FileName; tab: number }
  | { user: keyof typeof WITH_TAB | keyof typeof LEAVING; tab: number }
  | { user: 'comes back' }
  | { transfer: TransferFault; times: number }
  | { call: Route; fault: Fault; times: number }
  | { network: 'goes' | 'comes' }
  | { s3Forgets: FileName }

const tab = fc.nat({ max: 1 })
const file = fc.constantFrom(...FILES)
const times = fc.integer({ min: 1, max: 4 })
const withFile = fc.constantFrom(...(Object.keys(WITH_FILE) as (keyof typeof WITH_FILE)[]))
const withTab = fc.constantFrom(...(Object.keys(WITH_TAB) as (keyof typeof WITH_TAB)[]))
const leaving = fc.constantFrom(...(Object.keys(LEAVING) as (keyof typeof LEAVING)[]))
const on = fc.constantFrom(...EVENTS)
const reacts = fc.oneof(
  fc.constant('throws' as const),
  fc.constantFrom(...(Object.keys(REACTIONS) as (keyof typeof REACTIONS)[])),
  withFile,
)
const unfinished = fc.constantFrom(...(Object.keys(WITH_UNFINISHED) as (keyof typeof WITH_UNFINISHED)[]))
const transfer = fc.oneof(
  fc.constant('loses its reply' as const),
  fc.constantFrom(...FAULTS),
  fc.constantFrom(...REFUSALS),
)
const call = fc.constantFrom(...ROUTES)
const fault = fc.constantFrom(...FAULTS)
const network = fc.constantFrom('goes' as const, 'comes' as const)
const passMs = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 300 }) },
  { weight: 2, arbitrary: fc.integer({ min: 300, max: 4000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4000, max: 70_000 }) },
)

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ passMs }) },
  { weight: 1, arbitrary: fc.record({ sleepMs: fc.integer({ min: 1000, max: 1_800_000 }) }) },
  { weight: 6, arbitrary: fc.record({ on, reacts }) },
  { weight: 1, arbitrary: fc.record({ unfinished, file, tab }) },
  { weight: 1, arbitrary: fc.record({ adds: file, tab }) },
  { weight: 4, arbitrary: fc.record({ user: withFile, file, tab }) },
  { weight: 5, arbitrary: fc.record({ user: withTab, tab }) },
  { weight: 2, arbitrary: fc.record({ user: leaving, tab }) },
  { weight: 2, arbitrary: fc.record({ user: fc.constant('comes back' as const) }) },
  { weight: 2, arbitrary: fc.record({ transfer, times }) },
  { weight: 3, arbitrary: fc.record({ call, fault, times }) },
  { weight: 1, arbitrary: fc.record({ network }) },
  { weight: 2, arbitrary: fc.record({ s3Forgets: file }) },
)

/** Often good, at times the same again and again. */
const weatherOf = <T>(faults: fc.Arbitrary<T>): fc.Arbitrary<(T | 'is well')[]> =>
  fc.oneof(
    fc.constant<(T | 'is well')[]>([]),
    fc.array(faults, { minLength: 1, maxLength: 1 }),
    fc.array(fc.oneof(fc.constant('is well' as const), faults), { maxLength: 5 }),
  )
export const weather: fc.Arbitrary<Weather> = fc.record({
  transfers: weatherOf(transfer),
  calls: weatherOf(fault),
})

/** A step that has no object, such as pausing a file that is not there, does nothing. */
export async function perform(step: Step, session: Session): Promise<void> {
  trace('Step:', step)
  if ('passMs' in step) await session.pass(step.passMs)
  else if ('sleepMs' in step) session.sleep(step.sleepMs)
  else if ('on' in step) awaitEvent(step, session)
  else if ('network' in step) session.setOnline(step.network === 'comes')
  else if ('transfer' in step) session.faults.addTransfers(step.transfer, step.times)
  else if ('call' in step) session.faults.addCalls(step.call, step.fault, step.times)
  else if ('s3Forgets' in step) forgetOnS3(step.s3Forgets, session)
  else if (!('tab' in step)) session.comeBack()
  else {
    const tab = session.tabs[step.tab] ?? session.tabs[0]
    if (!tab) return
    if (!('unfinished' in step)) performIn(tab, step, session)
    else if (!session.has(step.file)) await session.settle(WITH_UNFINISHED[step.unfinished](tab, step.file))
  }
}

type TabStep = Exclude<Extract<Step, { tab: number }>, { unfinished: unknown }>

function performIn(tab: Tab, step: TabStep, session: Session): void {
  if ('adds' in step) {
    tab.add(step.adds)
    tab.upload()
  } else if ('file' in step) {
    const wish = tab.open.find(({ name }) => name === step.file)
    if (wish) WITH_FILE[step.user](tab, wish)
  } else {
    const act = { ...WITH_TAB, ...LEAVING }[step.user]
    act(tab, session)
  }
}

function awaitEvent({ on, reacts }: Extract<Step, { on: PageEvent }>, session: Session): void {
  session.reactions.set(on, (tab, wish) => {
    trace(`On ${on} the page:`, reacts)
    if (reacts in REACTIONS) REACTIONS[reacts as keyof typeof REACTIONS](tab, session)
    else if (wish) WITH_FILE[reacts as keyof typeof WITH_FILE](tab, wish)
  })
}

function forgetOnS3(name: FileName, { world }: Session): void {
  for (const upload of world.uploads.values()) {
    const isOpen = upload.name === name && upload.size >= LARGE && !upload.completed
    if (isOpen) upload.aborted = true
  }
}
