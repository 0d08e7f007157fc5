// Uploads that have ended leave the journal.
import type { Ticket } from '../tickets/ticket.js'
import type { Call } from './call.js'

/** Never fails: what stays in the journal, the finisher settles. */
export async function settle({ service }: Call, ended: Ticket[]): Promise<void> {
  await service.journal.settle(ended).catch(service.report)
}
