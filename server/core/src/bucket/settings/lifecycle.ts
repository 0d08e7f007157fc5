// Aborts unfinished uploads after some days.
import { inspectRule, type WantedRule } from './lifecycle-rules.js'
import { ruleId, type Setting } from './setting.js'

export const lifecycle: Setting = {
  name: 'lifecycle',
  instead:
    'Run `partway sweep` every day, unless the store removes unfinished uploads by itself (MinIO: after a day).',
  inspect: (bucket, { prefix, lifecycleDays }) => inspectRule(bucket, abortRule(prefix, lifecycleDays)),
}

export function abortRule(prefix: string, days: number): WantedRule {
  return {
    id: ruleId(prefix),
    prefix,
    days,
    action: (DaysAfterInitiation) => ({ AbortIncompleteMultipartUpload: { DaysAfterInitiation } }),
    daysOf: ({ AbortIncompleteMultipartUpload }) => AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    does: 'abort unfinished uploads',
    notKept: 'This store keeps no rule that aborts unfinished uploads.',
  }
}
