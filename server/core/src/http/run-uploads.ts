// Handles each upload in a list of tickets once, however often it is listed.
import type { Subject } from '../observe.js'
import type { ErrorBody } from '../protocol.js'
import type { MultipartTicket, SingleTicket } from '../tickets/ticket.js'
import type { Call } from './call.js'
import { runBatch } from './run-batch.js'

export type TicketOfSize = SingleTicket | MultipartTicket
export type OpenedTicket = PromiseSettledResult<TicketOfSize>

/** @returns one result per token, in order; tokens for the same upload share one */
export async function openTickets({ session }: Call, tokens: string[]): Promise<OpenedTicket[]> {
  const results = await Promise.allSettled(tokens.map((token) => session.openTicket(token)))
  const uploads = new Map<string, OpenedTicket>()
  return results.map((result) => {
    if (result.status === 'rejected') return result
    const upload = uploads.get(result.value.id) ?? result
    uploads.set(result.value.id, upload)
    return upload
  })
}

/**
 * @param operation its name in spans and to `onError`
 * @returns outcomes in the order of the tickets
 */
export async function runUploads<Outcome>(
  call: Call,
  operation: string,
  opened: OpenedTicket[],
  run: (ticket: TicketOfSize) => Promise<Outcome>,
): Promise<(Outcome | ErrorBody)[]> {
  const runOne = async (result: OpenedTicket): Promise<Outcome> =>
    await call.operate(operation, async (subject) => {
      if (result.status === 'rejected') throw result.reason
      Object.assign(subject, subjectOf(result.value))
      return await run(result.value)
    })
  return await runBatch(opened, runOne, call)
}

export function subjectOf({ id, owner, bucket, key, size }: TicketOfSize): Subject {
  return { id, owner, bucket, key, size }
}
