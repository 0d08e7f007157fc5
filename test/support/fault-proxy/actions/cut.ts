// Actions that leave the client without an answer.
import type { Action } from '../fault.js'
import { discard } from '../reply.js'

/**
 * Passes on `afterBytes` bytes of the body, then resets the client's connection and closes the target's.
 * With 0 the target learns nothing of the request. A body that is not longer arrives whole, and the target may do its work.
 *
 * Chromium sends a request again by itself when its connection had served another before and breaks without an answer:
 * with `times: 1` a page may not notice.
 */
export function reset(afterBytes = 0): Action {
  return {
    name: `reset(${afterBytes})`,
    async apply(exchange) {
      if (afterBytes > 0) {
        const target = exchange.openTarget()
        for await (const bytes of exchange.body(afterBytes)) await exchange.write(target, bytes)
      }
      exchange.reset()
    },
  }
}

/** Takes the whole body and never answers. The target learns nothing of the request. */
export function blackHole(): Action {
  return {
    name: 'blackHole()',
    apply: (exchange) => discard(exchange.body()),
  }
}

/**
 * Takes `afterBytes` bytes of the body, then stops reading and says nothing; the connection stays open.
 * The target learns nothing of the request.
 */
export function halfOpen(afterBytes = 0): Action {
  return {
    name: `halfOpen(${afterBytes})`,
    apply: (exchange) => discard(exchange.body(afterBytes)),
  }
}

/**
 * The target does its work and answers; the client does not get the answer. By `reset`, what `reset()` says
 * of Chromium holds here too.
 *
 * @param by `reset` of the connection, or `silence`: it stays open
 */
export function loseReply(by: 'reset' | 'silence' = 'reset'): Action {
  return {
    name: `loseReply(${by})`,
    async apply(exchange) {
      const { body } = await exchange.forward()
      await discard(body)
      if (by === 'reset') exchange.reset()
    },
  }
}
