// The uploads that a list of tickets names: each is handled once, however often it is in the list.
import type { Subject } from '../observe.js'
import type { ErrorBody } from '../protocol.js'
import type { MultipartTicket, SingleTicket } from '../tickets/ticket.js'
import type { Call } from './call.js'
import { runBatch } from './run-batch.js'

export type TicketOfSize = SingleTicket | MultipartTicket
export type OpenedTicket = PromiseSettledResult<TicketOfSize>

/** @returns one for each token, in order: the same one where it is the same upload */
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
