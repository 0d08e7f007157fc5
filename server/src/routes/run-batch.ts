// Items of one call, side by side: each has its own outcome, so that one failure does not lose the others' results.
import pMap from 'p-map'
import { PartwayError } from '../errors.js'
import type { ErrorBody } from '../protocol.js'

/** At once, per call: well under the 50 connections that the SDK opens. */
const CONCURRENCY = 16

/**
 * @param call.report gets what failed; errors that are not ours reach the client only as `internal_error`
 * @returns outcomes in the order of the items
 */
export async function runBatch<Item, Outcome>(
  items: Item[],
  run: (item: Item) => Promise<Outcome>,
  call: { requestId: string; report: (error: unknown) => void },
): Promise<(Outcome | ErrorBody)[]> {
  const settle = async (item: Item): Promise<Outcome | ErrorBody> => {
    try {
      return await run(item)
    } catch (error) {
      call.report(error)
      return toRefusal(error).toBody(call.requestId)
    }
  }
  return await pMap(items, settle, { concurrency: CONCURRENCY })
}

function toRefusal(error: unknown): PartwayError {
  if (error instanceof PartwayError) return error
  return new PartwayError('internal_error', 'The server failed here. Try again later.')
}
