// Entries of the journal that no server settles are deleted one day.
import { inspectRule, type WantedRule } from './lifecycle-rules.js'
import type { Setting } from './setting.js'

/** How long after its upload was aborted an entry is kept: for a server that stood still to tell the host of the end. */
const MARGIN_DAYS = 30

export const journal: Setting = {
  name: 'journal',
  instead: 'Delete the entries that are older than tickets are good for yourself. There are few, if any.',
  inspect: (bucket, { journalPrefix, lifecycleDays }) =>
    inspectRule(bucket, journalRule(journalPrefix, lifecycleDays)),
}

/** @param lifecycleDays after which unfinished uploads are aborted */
export function journalRule(prefix: string, lifecycleDays: number): WantedRule {
  return {
    id: `partway journal ${prefix}`,
    prefix,
    days: lifecycleDays + MARGIN_DAYS,
    action: (Days) => ({ Expiration: { Days } }),
    daysOf: ({ Expiration }) => Expiration?.Days,
    does: 'delete forgotten entries',
    notKept: 'This store keeps no rule that deletes objects.',
  }
}
