// Runs the items of one call in parallel. Each has its own outcome, so that one failure does not lose the others' results.
import pMap from 'p-map'
import { PartwayError } from '../errors.js'
import type { ErrorBody } from '../protocol.js'
import type { Call } from './call.js'

/** Items in flight per call, well under the 50 connections that the SDK opens. */
const CONCURRENCY = 16

/**
 * An item that is listed several times runs once.
 * Errors other than `PartwayError` reach the client only as `internal_error`.
 *
 * @returns outcomes in the order of the items
 */
export async function runBatch<Item, Outcome>(
  items: Item[],
  run: (item: Item) => Promise<Outcome>,
  { service, requestId }: Pick<Call, 'service' | 'requestId'>,
): Promise<(Outcome | ErrorBody)[]> {
  const settle = async (item: Item): Promise<Outcome | ErrorBody> => {
    try {
      return await run(item)
    } catch (error) {
      service.log(error)
      return toRefusal(error).toBody(requestId)
    }
  }
  const outcomes = new Map<Item, Promise<Outcome | ErrorBody>>()
  const settleOnce = (item: Item): Promise<Outcome | ErrorBody> => {
    const outcome = outcomes.get(item) ?? settle(item)
    outcomes.set(item, outcome)
    return outcome
  }
  return await pMap(items, settleOnce, { concurrency: CONCURRENCY })
}

function toRefusal(error: unknown): PartwayError {
  if (error instanceof PartwayError) return error
  return new PartwayError('internal_error', 'The server failed here. Try again later.')
}
