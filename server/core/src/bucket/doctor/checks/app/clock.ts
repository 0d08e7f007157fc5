// Whether the clock of the app's server, which signs, agrees with S3's.
import { clockAhead, MAX_CLOCK_SKEW_MS } from '../../../../s3/look-at-bucket.js'
import type { Check } from '../../check.js'
import { failed, info, ok } from '../../report.js'
import { describeSkew } from '../clock.js'
import type { FoundApp } from './find-app.js'

export function appClock(find: () => Promise<FoundApp>): Check {
  return {
    name: 'app clock',
    needs: ['app mounted'],
    async run({ learnt }) {
      const { headers, sentAt } = (await find()).config
      const appAheadMs = clockAhead(headers.get('date'), sentAt)
      if (appAheadMs === undefined || learnt.clockAheadMs === undefined)
        return info('the app or S3 does not tell its time')
      const aheadMs = appAheadMs - learnt.clockAheadMs
      if (Math.abs(aheadMs) <= MAX_CLOCK_SKEW_MS) return ok("the clock of the app's server agrees with S3's")
      return failed(
        `${describeSkew(aheadMs, "the clock of the app's server", "S3's")}, so S3 refuses what it signs`,
        'Set the clock of that server by NTP (timedatectl set-ntp true).',
      )
    },
  }
}
