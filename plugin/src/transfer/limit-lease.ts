// A plugin's lease on the page's transfers: its limit counts while one of its files is being uploaded.
import type { Scheduler } from './scheduler.js'

export class LimitLease {
  #underWay = 0
  #leave = () => {}

  /** @param limit asked again when it has changed */
  constructor(
    private readonly scheduler: Pick<Scheduler, 'join'>,
    private readonly limit: () => number,
  ) {}

  /** Holds the lease while `task` runs. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    if (this.#underWay++ === 0) this.#join()
    try {
      return await task()
    } finally {
      if (--this.#underWay === 0) this.#leave()
    }
  }

  limitChanged(): void {
    if (this.#underWay > 0) this.#join()
  }

  #join(): void {
    const leave = this.#leave
    this.#leave = this.scheduler.join(this.limit())
    leave()
  }
}
