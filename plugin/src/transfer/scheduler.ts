// Transfer slots, shared fairly by all files of the page. Each host name has its own slots and connections.
import { hostOf } from '../errors.js'
import { type Failure, HostSlots } from './host-slots.js'
import { Health } from './retry.js'
import { CUT, Line, type OnLine } from './slow-line.js'
import { type Lane, SmallFirst } from './small-first.js'

interface Waiter {
  /** Alternatives: any of them will do. */
  urls: string[]
  start(url: string): void
}

interface Slot {
  url: string
  line: OnLine
  /** Without a failure: the task has succeeded. */
  release(failure?: Failure): void
}

/** Tasks without a URL share the slots of this one. */
const NOWHERE = ['']

/** A limited number of slots for each host, given to lanes in turn. */
export class Scheduler {
  /** Of all tasks. */
  readonly health = new Health()
  readonly #hosts = new Map<string, HostSlots>()
  readonly #smallFirst = new SmallFirst(new Line(() => this.#dispatch()))
  #limits: { limit: number }[] = []
  /** In the order of their turn. A lane without waiters is not here. */
  #lanes = new Map<Lane, Waiter[]>()

  /** @param fallback Slots of a host while no limit has joined. */
  constructor(private readonly fallback: number) {}

  /** Most slots of a host, all usable while nothing fails: the lowest of the limits that have joined. */
  get limit(): number {
    return this.#limits.length > 0 ? Math.min(...this.#limits.map(({ limit }) => limit)) : this.fallback
  }

  /** Most slots of all known hosts. */
  get slots(): number {
    return this.limit * Math.max(1, this.#hosts.size)
  }

  /** Joins with a limit. Returns a function that leaves. */
  join(limit: number): () => void {
    const own = { limit }
    this.#limits.push(own)
    this.#dispatch()
    return () => {
      this.#limits = this.#limits.filter((other) => other !== own)
      if (this.#limits.length === 0) {
        this.#hosts.clear()
        this.health.forget()
      }
      this.#dispatch()
    }
  }

  /**
   * Reserves a slot for a small file that will ask for one soon. Large ones leave it free until the file is through.
   *
   * @returns releases it
   */
  reserveForSmall(lane: Lane): () => void {
    const isThrough = this.#smallFirst.reserve(lane)
    return () => {
      isThrough()
      this.#dispatch()
    }
  }

  /** Transfers of the lane that wait for a slot. */
  waiting(lane: Lane): number {
    return this.#lanes.get(lane)?.length ?? 0
  }

  /** Makes the URLs' hosts known before the first transfer. */
  registerHosts(urls: string[]): void {
    for (const url of urls) this.#host(url)
  }

  /**
   * Runs `task` in a slot of one of the URLs' hosts when it is the lane's turn, and again if it was cut. The slot is
   * released when the task has settled. An abort while it waits rejects with the signal's reason; a running task has to heed
   * the signal itself.
   */
  async run<T>(
    lane: Lane,
    signal: AbortSignal,
    task: (url: string, line: OnLine) => Promise<T>,
    urls: string[] = NOWHERE,
  ): Promise<T> {
    for (;;) {
      const { url, line, release } = await this.#take(lane, signal, urls)
      try {
        const result = await task(url, line)
        release()
        return result
      } catch (error) {
        release({ error })
        if (error !== CUT) throw error
      }
    }
  }

  #take(lane: Lane, signal: AbortSignal, urls: string[]): Promise<Slot> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      this.registerHosts(urls)
      const leave = () => {
        const others = this.#lanes.get(lane)?.filter((other) => other !== waiter) ?? []
        if (others.length > 0) this.#lanes.set(lane, others)
        else this.#lanes.delete(lane)
        reject(signal.reason)
      }
      const waiter: Waiter = {
        urls,
        start: (url) => {
          signal.removeEventListener('abort', leave)
          const leaveHost = this.#host(url).take(this.limit)
          const line = this.#smallFirst.start(lane)
          const release = (failure?: Failure) => {
            if (!failure) this.health.succeeded()
            leaveHost(failure)
            line.ended(!failure)
            this.#dispatch()
          }
          resolve({ url, line, release })
        },
      }
      signal.addEventListener('abort', leave)
      const waiters = this.#lanes.get(lane)
      if (waiters) waiters.push(waiter)
      else this.#lanes.set(lane, [waiter])
      this.#dispatch()
    })
  }

  #dispatch(): void {
    let started = true
    while (started) started = this.#startNext()
  }

  #startNext(): boolean {
    const { limit } = this
    const hosts = [...this.#hosts.values()]
    // Early exit: thousands of lanes may wait.
    if (!hosts.some((host) => host.room(limit) > 0)) return false
    const slots = hosts.reduce((sum, host) => sum + host.slots(limit), 0)
    for (const [lane, [next, ...rest]] of this.#lanes) {
      if (!this.#smallFirst.mayStart(lane, slots)) continue
      const url = next && this.#choose(next.urls)
      if (url === undefined) continue
      this.#lanes.delete(lane)
      if (rest.length > 0) this.#lanes.set(lane, rest)
      next?.start(url)
      return true
    }
    return false
  }

  /** The URL whose host has the most room. Prefers hosts that answer. */
  #choose(urls: string[]): string | undefined {
    const hosts = urls.map((url) => ({ url, slots: this.#host(url) }))
    const up = hosts.filter(({ slots }) => !slots.isDown)
    let most = 0
    let chosen: string | undefined
    for (const { url, slots } of up.length > 0 ? up : hosts) {
      const room = slots.room(this.limit)
      if (room > most) [most, chosen] = [room, url]
    }
    return chosen
  }

  #host(url: string): HostSlots {
    const name = hostOf(url)
    const known = this.#hosts.get(name)
    if (known) return known
    const slots = new HostSlots(this.health)
    this.#hosts.set(name, slots)
    return slots
  }
}

/** The slots of this page. */
export const pageScheduler = new Scheduler(6)
