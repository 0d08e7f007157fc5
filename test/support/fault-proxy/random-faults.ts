// Faults drawn by lot from a seed, for soak runs that can be run again.
import { answer, s3Error } from './actions/answer.js'
import { loseReply, reset } from './actions/cut.js'
import { delay, forwardTwice } from './actions/deliver.js'
import { slowHeaders, truncateReply } from './actions/reply.js'
import { type Action, type Fault, pass } from './fault.js'

/** What a client gets over by trying again, without waiting for a timeout of its own. */
export const survivable: readonly Action[] = [
  reset(),
  reset(1),
  reset(100_000),
  loseReply(),
  s3Error(500, 'InternalError'),
  s3Error(503, 'SlowDown'),
  answer(502, { cors: false }),
  answer(429, { headers: { 'retry-after': '1' } }),
  delay(500),
  slowHeaders(500),
  forwardTwice('first'),
  truncateReply(),
]

/**
 * Lets each matching request go wrong with the same probability, in one of several ways. With the same seed and the
 * same sequence of requests it makes the same choices; `SeenRequest.fault` tells which.
 *
 * @param seed a 32-bit integer; print it
 * @param rate from 0 to 1
 * @param actions what may happen, each as likely as the others
 */
export function randomFaults(seed: number, rate: number, actions = survivable): Fault {
  const draw = createRandom(seed)
  return {
    action: {
      name: `randomFaults(${seed}, ${rate})`,
      async apply(exchange) {
        const drawn = draw() < rate ? actions[Math.floor(draw() * actions.length)] : undefined
        exchange.seen.fault = drawn?.name
        await (drawn ?? pass).apply(exchange)
      },
    },
  }
}

/** Mulberry32 by Tommy Ettinger (public domain): numbers from 0 to below 1. @param seed a 32-bit integer */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
