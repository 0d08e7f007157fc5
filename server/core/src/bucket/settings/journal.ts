// Deletes journal entries that no server settles.
import { inspectRule, type WantedRule } from './lifecycle-rules.js'
import type { Setting } from './setting.js'

/** Keeps an entry this long after its upload was aborted: a server that was down can still report the end to the host. */
const MARGIN_DAYS = 30

export const journal: Setting = {
  name: 'journal',
  instead: 'Delete entries yourself once their tickets have expired. There are few, if any.',
  inspect: (bucket, { journalPrefix, lifecycleDays }) =>
    inspectRule(bucket, journalRule(journalPrefix, lifecycleDays)),
}

/** @param lifecycleDays days after which unfinished uploads are aborted */
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
