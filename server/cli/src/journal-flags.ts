// The flags for the option `journal`.

import type { JournalOptions } from '@partway/server'
import type { Command } from 'commander'

/** As commander parses them. */
export interface JournalFlags {
  journalBucket?: string
  journalPrefix?: string
}

export function addJournalFlags(command: Command): Command {
  return command
    .option('--journal-bucket <name>', 'journal.bucket, if the journal has a bucket of its own')
    .option('--journal-prefix <prefix>', 'journal.prefix; default: .partway/')
}

export function readJournal({ journalBucket: bucket, journalPrefix: prefix }: JournalFlags): JournalOptions {
  return { ...(bucket !== undefined && { bucket }), ...(prefix !== undefined && { prefix }) }
}
