// The finisher: looks at the journal again and again, in this process.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Foundation } from './create-service.js'
import { type FinishReport, finishUploads, NOTHING_FINISHED } from './operations/finish-uploads.js'
import type { ResolvedOptions } from './resolve-options.js'
import { digestPlace } from './tickets/mount.js'

/** Spreads the looks of servers that were started at the same time. */
const JITTER = 0.2

/** A host has a few; each costs one list. */
const MOST_PLACES = 100

export interface Finisher {
  /** Called with the place of a mount that a request has shown. */
  add(place: string): void
  /** @throws TypeError when no place is known; the signal's reason; S3's failure */
  finish(signal?: AbortSignal): Promise<FinishReport>
  /** Resolves when nothing is in progress any more. */
  stop(): Promise<void>
}

/** @param report writes to the host's error log, and never throws */
export function createFinisher(
  options: ResolvedOptions,
  foundation: Foundation,
  report: (error: unknown) => void,
): Finisher {
  const stopping = new AbortController()
  /** When the last look at each started. */
  const places = new Map<string, number>()
  const addNew = (place: string) => {
    if (!places.has(place)) places.set(place, Number.NEGATIVE_INFINITY)
  }
  if (options.name !== undefined) addNew(digestPlace(options.name))
  let looking: Promise<FinishReport> | undefined
  let ticking: Promise<void> | undefined

  const look = async (signal: AbortSignal): Promise<FinishReport> => {
    const total = { ...NOTHING_FINISHED }
    const run = {
      ctx: undefined,
      by: 'finisher',
      requestId: randomUUID(),
      startedAt: performance.now(),
      report,
    } as const
    await foundation.observe(run).operate('finish', async () => {
      const service = foundation.createService(run, await foundation.findKeys(), signal, undefined)
      for (const [place, since] of [...places]) {
        const began = Date.now()
        const found = await finishUploads(service, place, since)
        places.set(place, began)
        for (const name of Object.keys(total) as (keyof FinishReport)[]) total[name] += found[name]
      }
    })
    return total
  }

  const finish = async (signal?: AbortSignal): Promise<FinishReport> => {
    signal?.throwIfAborted()
    stopping.signal.throwIfAborted()
    if (places.size === 0 || !foundation.hasSecrets()) {
      throw new TypeError(
        'partway(): before the first request, finish() needs the options name and secrets: they tell which uploads are its own',
      )
    }
    // One at a time: two would only do the same work.
    while (looking) {
      await waitFor(looking, signal)
      signal?.throwIfAborted()
      stopping.signal.throwIfAborted()
    }
    looking = look(signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal)
    try {
      return await looking
    } finally {
      looking = undefined
    }
  }

  const tick = async () => {
    const { signal } = stopping
    while (!signal.aborted) {
      const seconds = options.finishEverySeconds * (1 + JITTER * (Math.random() - 0.5))
      await delay(seconds * 1000, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted || places.size === 0 || !foundation.hasSecrets()) continue
      await finish().catch((error: unknown) => {
        if (!signal.aborted) report(error)
      })
    }
  }
  if (options.finishEverySeconds > 0) ticking = tick()

  return {
    add(place) {
      if (options.name !== undefined) return
      addNew(place)
      // A host that rewrites paths could have any number of places.
      const [oldest] = places.keys()
      if (places.size > MOST_PLACES && oldest !== undefined) places.delete(oldest)
    },
    finish,
    async stop() {
      stopping.abort()
      await Promise.allSettled([looking, ticking])
    },
  }
}

/** Waits until the look has settled, or the signal aborts. */
async function waitFor(look: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<unknown>((resolve) => {
    void look.then(resolve, resolve)
    signal?.addEventListener('abort', resolve, { once: true })
  })
}
