// `partway sweep`: aborts unfinished uploads.

import { type Sweep, type SweepTotals, sweep } from '@partway/server/bucket'
import prettyBytes from 'pretty-bytes'
import { addBucketCommand, type ConnectionFlags, runOnBucket, type Session } from './bucket-command.js'
import { EXIT } from './io.js'
import { parseDuration } from './parse-flags.js'

interface SweepFlags extends ConnectionFlags {
  olderThan: number
  prefix: string
  dryRun?: true
}

const EXAMPLES = `
Examples:
  partway sweep --bucket media --older-than 7d --dry-run
  partway sweep --bucket media --older-than 7d --json   every night, by cron

Keep to what tickets are good for (ticketExpiresInSeconds, 7 days unless set): younger uploads can still be continued.`

export function addSweepCommand(session: Session): void {
  addBucketCommand(
    session,
    'sweep',
    'Aborts unfinished uploads, for stores without lifecycle rules: what S3 holds of them is deleted',
  )
    .requiredOption('--older-than <duration>', 'since they began, such as 30m, 12h, 7d, 2w', parseDuration)
    .option('--prefix <prefix>', 'only uploads whose keys start with it', '')
    .option('--dry-run', 'count what would be aborted, and abort nothing')
    .addHelpText('after', EXAMPLES)
    .action(
      runOnBucket<SweepFlags>(session, async ({ olderThan, prefix, dryRun = false }, { output, target }) => {
        const onProgress = (totals: SweepTotals) => output.status(`${describeTotals(totals, dryRun)}…`)
        const swept = await sweep({ ...target, olderThanMs: olderThan, prefix, dryRun, onProgress })
        output.document(swept)
        for (const { key, message } of swept.failures) {
          output.line(`${output.paint('red', 'failed')}  ${JSON.stringify(key)}: ${message}`)
        }
        output.line(describeSweep(swept))
        return swept.failures.length > 0 ? EXIT.failed : EXIT.fine
      }),
    )
}

function describeSweep({ aborted, bytes, kept, failures, dryRun }: Sweep): string {
  return `${describeTotals({ aborted, bytes, failed: failures.length }, dryRun)}. ${kept} younger ones ${dryRun ? 'would stay' : 'stay'}.`
}

function describeTotals({ aborted, bytes, failed }: SweepTotals, dryRun: boolean): string {
  const done = dryRun ? 'Would abort' : 'Aborted'
  const freed = prettyBytes(bytes, { binary: true })
  return `${done} ${aborted} unfinished upload${aborted === 1 ? '' : 's'}, ${freed}${failed > 0 ? `; ${failed} failed` : ''}`
}
