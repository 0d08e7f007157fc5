// Removes ended uploads from the journal.
import type { Ticket } from '../tickets/ticket.js'
import type { Call } from './call.js'

/** Never fails: the finisher settles what stays in the journal. */
export async function settle({ service }: Call, ended: Ticket[]): Promise<void> {
  await service.journal.settle(ended).catch(service.report)
}
