// Transfer slots, shared fairly by all files of the page.
import { Health } from './health.js'
import { Pace } from './pace.js'

/** Stands for one file. Each lane gets its turn, however many transfers another one has waiting. */
export type Lane = object

interface Waiter {
  start(): void
}

/** A limited number of slots, given to lanes in turn. */
export class Scheduler {
  /** Of all tasks. */
  readonly health = new Health()
  #pace = new Pace()
  #limits: { limit: number }[] = []
  #active = 0
  /** In the order of their turn. A lane without waiters is not here. */
  #lanes = new Map<Lane, Waiter[]>()

  /** @param limit Slots while nobody has joined. */
  constructor(private readonly fallback: number) {}

  /** Most slots, and as many as there are while all goes well: the lowest that anybody who joined asks for. */
  get limit(): number {
    return this.#limits.length > 0 ? Math.min(...this.#limits.map(({ limit }) => limit)) : this.fallback
  }

  /** Takes part with a limit. Returns how to leave. */
  join(limit: number): () => void {
    const own = { limit }
    this.#limits.push(own)
    this.#dispatch()
    return () => {
      this.#limits = this.#limits.filter((other) => other !== own)
      if (this.#limits.length === 0) {
        this.#pace = new Pace()
        this.health.forget()
      }
      this.#dispatch()
    }
  }

  /**
   * Runs `task` in a slot, once it is the lane's turn. The slot is free again when the task has settled.
   * Rejects with the signal's reason while it waits; a running task has to heed the signal itself.
   */
  async run<T>(lane: Lane, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    await this.#slot(lane, signal)
    const pace = this.#pace.started(this.limit)
    try {
      const result = await task()
      this.health.succeeded()
      pace.succeeded()
      return result
    } catch (error) {
      pace.failed(error)
      throw error
    } finally {
      this.#active--
      this.#dispatch()
    }
  }

  #slot(lane: Lane, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const leave = () => {
        const others = this.#lanes.get(lane)?.filter((other) => other !== waiter) ?? []
        if (others.length > 0) this.#lanes.set(lane, others)
        else this.#lanes.delete(lane)
        reject(signal.reason)
      }
      const waiter = {
        start: () => {
          signal.removeEventListener('abort', leave)
          resolve()
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
    while (this.#active < this.#pace.slots(this.limit)) {
      const [turn] = this.#lanes
      if (!turn) return
      const [lane, [next, ...rest]] = turn
      this.#lanes.delete(lane)
      if (rest.length > 0) this.#lanes.set(lane, rest)
      this.#active++
      next?.start()
    }
  }
}

/** The slots of this page. */
export const pageScheduler = new Scheduler(6)
