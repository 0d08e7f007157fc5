// The faults that a user can switch on, and the bounds of each.
import { EventEmitter } from 'node:events'
import { z } from 'zod'

export const FaultsSchema = z.strictObject({
  /** Milliseconds of delay for each request, to S3 and to the upload routes. */
  latencyMs: z.int().min(0).max(2000),
  /** Bytes per second, shared by all requests to S3; `null`: unlimited. */
  bytesPerSecond: z
    .int()
    .min(256 * 1024)
    .max(1024 ** 3)
    .nullable(),
  /** 30 % of the requests fail: cut off halfway and answered with 503, in turn. */
  failures: z.boolean(),
  /** S3 answers no request, and aborts those in flight. */
  s3Down: z.boolean(),
  /** The upload routes of the app answer nothing. */
  serverDown: z.boolean(),
  /** S3 refuses URLs that were signed more than {@link SHORT_LIFE_MS} ago. */
  shortSignatures: z.boolean(),
})
export type Faults = z.infer<typeof FaultsSchema>

export const SHORT_LIFE_MS = 3000

const NO_FAULTS: Faults = {
  latencyMs: 0,
  bytesPerSecond: null,
  failures: false,
  s3Down: false,
  serverDown: false,
  shortSignatures: false,
}

/** Emits `change` with the new faults. */
export class FaultSwitches extends EventEmitter<{ change: [Faults] }> {
  #current = NO_FAULTS
  #failed = 0
  #due = 0

  get current(): Faults {
    return this.#current
  }

  set(faults: Faults): void {
    this.#current = faults
    this.emit('change', faults)
  }

  /**
   * Whether the next request fails, and how. Exactly three in ten fail, never two in a row, so that each upload succeeds
   * in the end.
   */
  nextFailure(): 'none' | 'cut' | 'unavailable' {
    if (!this.#current.failures) return 'none'
    this.#due += 3
    if (this.#due < 10) return 'none'
    this.#due -= 10
    this.#failed++
    return this.#failed % 2 === 1 ? 'cut' : 'unavailable'
  }
}
