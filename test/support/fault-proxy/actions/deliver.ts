// Actions after which the request has its answer: it is delivered late, twice, or watched on its way.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Action, pass } from '../fault.js'
import { discard } from '../reply.js'

/** Milliseconds, or a function whose promise is awaited: it is called when the wait begins. */
export type Wait = number | (() => unknown)

/** The request waits before it goes to the target. */
export function delay(wait: Wait): Action {
  return {
    name: `delay(${nameWait(wait)})`,
    async apply(exchange) {
      await waitFor(wait, exchange.signal)
      await pass.apply(exchange)
    },
  }
}

/** Nothing goes wrong; `run` is called when `bytes` of the body are with the target. */
export function callAfter(bytes: number, run: () => unknown): Action {
  return {
    name: `callAfter(${bytes})`,
    async apply(exchange) {
      const target = exchange.openTarget()
      for await (const part of exchange.body(bytes)) await exchange.write(target, part)
      await run()
      await exchange.reply(await exchange.forward(target))
    },
  }
}

/**
 * The target gets the request twice: the second time ends when it has answered the first.
 *
 * @param answer which of its two answers the client gets
 */
export function forwardTwice(answer: 'first' | 'second' = 'first'): Action {
  return {
    name: `forwardTwice(${answer})`,
    async apply(exchange) {
      const [first, second] = [exchange.openTarget(), exchange.openTarget()]
      let held: Buffer | undefined
      for await (const bytes of exchange.body()) {
        await exchange.write(first, bytes)
        if (held) await exchange.write(second, held)
        held = bytes
      }
      first.end()
      const firstReply = await first.reply
      if (held) await exchange.write(second, held)
      second.end()
      const secondReply = await second.reply
      const [given, dropped] = answer === 'first' ? [firstReply, secondReply] : [secondReply, firstReply]
      await discard(dropped.body)
      await exchange.reply(given)
    },
  }
}

export function nameWait(wait: Wait): string {
  return typeof wait === 'number' ? `${wait} ms` : 'until told'
}

/** Rejects when the client goes away. */
export async function waitFor(wait: Wait, signal: AbortSignal): Promise<void> {
  await (typeof wait === 'number' ? sleep(wait, undefined, { signal }) : wait())
}
