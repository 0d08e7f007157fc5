// An afternoon with the browser: its tabs, its network, the middleware and S3, and a clock that goes when told to.
import { vi } from 'vitest'
import type { PartwayOptions } from '../../../plugin/src/index.js'
import { createRandom } from '../../support/fault-proxy/index.js'
import { FakeChannels } from '../fake-channel.js'
import { FakeLocks } from '../fake-locks.js'
import { FakeStorage } from '../fake-storage.js'
import { World } from '../world.js'
import { Faults, type Weather } from './faults.js'
import { type Browser, type Bundle, Page } from './page.js'
import { type PageEvent, type Reaction, Tab, type Wish } from './tab.js'
import { trace } from './trace.js'
import { LARGE, Watch } from './watch.js'

/** The files that the user has. Two go in one request each, two in parts. */
export const FILES = ['note', 'memo', 'tape', 'film'] as const
export type FileName = (typeof FILES)[number]
export const CONTENTS: ReadonlyMap<string, string> = new Map<string, string>([
  ['note', 'abc'],
  ['memo', 'MNOPQRS'],
  ['tape', '0123456789-=!'],
  ['film', 'abcdefghijklmnopqrstuvwxyz'],
  // Parts enough for the pace to come back.
  ['fresh', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890'.repeat(5)],
  ['new', 'xyz'],
  // Only a byte in the middle tells it from the one as long: they are known by the same.
  ['twin', `${'a'.repeat(65_536)}XY${'a'.repeat(65_536)}`],
])

export interface Circumstances {
  limit: number
  latencyMs: number
  transferMs: number
  /** Of signatures, in seconds. */
  expiresIn: number
  firstWindow: number
  checksum: 'md5' | undefined
  weather: Weather
}

/** Longer than the plugin waits for the list of what is unfinished, and for an abort of it. */
const PATIENCE_MS = 30_000

/** Of the event loop after each timer: enough for a transaction, a Blob and a checksum. */
const TURNS = 24

export class Session {
  readonly world = new World()
  readonly faults: Faults
  readonly watch: Watch
  readonly tabs: Tab[] = []
  /** Of all tabs that ever were. */
  readonly wishes: Wish[] = []
  /**
   * Of files that were under way when their page was left or unmounted: what becomes of them, only the server hears; and small
   * ones that the server could not be told to abort.
   */
  readonly abandoned = new Set<string>()
  /** Files whose unfinished upload the user has given up at some time. */
  readonly discarded = new Set<string>()
  /** What the page does, once, when it is next told of something. */
  readonly reactions = new Map<PageEvent, Reaction>()
  readonly #away: { names: string[]; page?: Page }[] = []
  readonly #pages: Page[] = []
  readonly #browser: Browser
  readonly #options: Partial<PartwayOptions>

  constructor(
    private readonly bundle: Bundle,
    { limit, weather, ...circumstances }: Circumstances,
  ) {
    const { world } = this
    const faults = new Faults(weather)
    this.faults = faults
    Object.assign(world, circumstances)
    this.#options = { limit, stallTimeoutMs: 3000, retry: { giveUpAfterMs: 20_000, maxDelayMs: 8000 } }
    const watch = new Watch(
      world,
      limit,
      CONTENTS,
      () => this.#pages,
      () => this.cancelled,
    )
    this.watch = watch
    world.onTransfer = () => faults.onTransfer()
    world.onCall = (call) => {
      const reply = faults.onCall(call)
      watch.onCall(call)
      if (reply && call.route === 'abort') this.#abandonSmall(call.body.tickets)
      trace('The server gets:', call.route, call.body, reply && 'and fails')
      return reply
    }
    world.onComplete = (upload) => {
      watch.onCompleted(upload)
      return { ticket: upload.ticket }
    }
    this.#browser = {
      world,
      locks: new FakeLocks(),
      channels: new FakeChannels(),
      localStorage: new FakeStorage(),
      // Jitter that is the same in each replay.
      random: createRandom(1),
      onCall: (page, init) => watch.onCallFrom(page, init),
      onTransfer: (page, request) => {
        trace(`Page ${this.#pages.indexOf(page)} sends:`, request.url)
        watch.onTransfer(page, request)
      },
      onStored: (page, request) => watch.onStored(page, request),
      onUncaught: (error) => watch.onUncaught(error),
      onReply: (route, reply) => trace('A page hears:', route, reply),
    }
    vi.stubGlobal('document', this.world.document)
    vi.stubGlobal('navigator', { onLine: true })
  }

  openTab(names: readonly string[], page = this.#openPage()): void {
    const tab = new Tab(page, this.#options, CONTENTS, this)
    this.tabs.push(tab)
    for (const name of names) tab.add(name)
    if (names.length > 0) tab.upload()
  }

  close(tab: Tab): void {
    tab.page.leave()
    this.#remove(tab)
  }

  reload(tab: Tab): void {
    this.close(tab)
    this.#away.push({ names: tab.names })
  }

  unmount(tab: Tab): void {
    tab.uppy.destroy()
    this.#remove(tab)
    this.#away.push({ names: tab.names, page: tab.page })
  }

  /** The user opens again what was reloaded or unmounted, and adds the files again. */
  comeBack(): void {
    for (const { names, page } of this.#away.splice(0)) this.openTab(names, page?.open ? page : undefined)
  }

  /** Files that the user has removed at some time, or whose upload was given up. */
  get cancelled(): Set<string> {
    const removed = this.wishes.filter((wish) => wish.removed).map(({ name }) => name)
    return new Set([...removed, ...this.discarded])
  }

  setOnline(onLine: boolean): void {
    if (navigator.onLine === onLine) return
    vi.stubGlobal('navigator', { onLine })
    for (const { page } of this.tabs) page.tell(onLine ? 'online' : 'offline')
  }

  /** The machine sleeps: only the wall clock goes on, and no connection survives it. */
  sleep(ms: number): void {
    vi.setSystemTime(Date.now() + ms)
    for (const { transfers } of this.#pages) for (const request of [...transfers]) request.respond(0)
  }

  /** Whether any tab has the file, neither done nor removed. */
  has(name: string): boolean {
    return this.tabs.some(({ names }) => names.includes(name))
  }

  /** What S3 has of an upload. */
  contentOf(ticket: string): string | undefined {
    const upload = this.world.uploads.get(ticket)
    return upload && this.world.content(upload)
  }

  /** Lets time pass until it has settled. */
  async settle(promise: Promise<unknown>): Promise<void> {
    let settled = false
    promise.then(
      () => {
        settled = true
      },
      (error) => {
        settled = true
        this.watch.complain(`What is unfinished: ${error}`)
      },
    )
    for (let waitedMs = 0; !settled && waitedMs < PATIENCE_MS; waitedMs += 100) await this.pass(100)
    if (!settled) this.watch.complain('What is unfinished was never answered.')
  }

  /** Lets time pass, with everything that happens meanwhile. */
  async pass(ms: number): Promise<void> {
    let over = false
    setTimeout(() => {
      over = true
    }, ms)
    await turn(TURNS)
    this.#checkTransfers()
    while (!over) {
      vi.advanceTimersToNextTimer()
      await turn(TURNS)
      this.#checkTransfers()
    }
  }

  /** Leaves nothing behind that could disturb the next session. */
  async end(): Promise<void> {
    for (const page of this.#pages) page.leave()
    await turn(TURNS)
    vi.clearAllTimers()
  }

  #openPage(): Page {
    const page = new Page(this.bundle, this.#browser)
    this.#pages.push(page)
    return page
  }

  /** Only what the user wants sent is being sent: nothing that is paused, failed, done or removed. */
  #checkTransfers(): void {
    for (const page of this.#pages) {
      const sent = [...page.transfers].map((request) => this.watch.uploadOf(request).name)
      const wanted = this.tabs.find((tab) => tab.page === page)?.moving ?? []
      const unwanted = sent.find((name) => !wanted.includes(name))
      if (unwanted) this.watch.complain(`${unwanted} is sent, though it is paused, failed or removed.`)
    }
  }

  #remove(tab: Tab): void {
    this.tabs.splice(this.tabs.indexOf(tab), 1)
    const names = tab.wishes.map(({ name }) => name)
    const told = this.wishes.map(({ done }) => done)
    for (const { name, ticket } of this.world.uploads.values()) {
      if (names.includes(name) && !told.includes(ticket)) this.abandoned.add(ticket)
    }
  }

  /** The server could not be told that they were cancelled, and the page has no record of small files to tell it later. */
  #abandonSmall(tickets: string[]): void {
    for (const ticket of tickets) {
      if ((this.world.uploads.get(ticket)?.size ?? LARGE) < LARGE) this.abandoned.add(ticket)
    }
  }
}

async function turn(turns: number): Promise<void> {
  for (let left = turns; left > 0; left--) await new Promise<void>((resolve) => setImmediate(resolve))
}
