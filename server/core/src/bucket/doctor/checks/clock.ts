// Whether this machine's clock agrees with S3's: signatures are valid for a limited time.
import { MAX_CLOCK_SKEW_MS } from '../../../s3/look-at-bucket.js'
import type { Check } from '../check.js'
import { failed, info, ok, warning } from '../report.js'

const NOTICEABLE_MS = 30_000
const FIX = "Set this machine's clock by NTP (timedatectl set-ntp true)."

export const clock: Check = {
  name: 'clock',
  needs: ['endpoint'],
  async run({ learnt: { clockAheadMs } }) {
    if (clockAheadMs === undefined) return info('the store does not tell its time')
    const seen = describeSkew(-clockAheadMs, "this machine's clock", "S3's")
    const skewMs = Math.abs(clockAheadMs)
    if (skewMs > MAX_CLOCK_SKEW_MS) {
      return failed(`${seen}; S3 refuses signatures that are 15 minutes off (RequestTimeTooSkewed)`, FIX)
    }
    return skewMs > NOTICEABLE_MS ? warning(seen, FIX) : ok("this machine's clock agrees with S3's")
  },
}

/** `this machine's clock is 60 minutes behind S3's`. @param aheadMs how far `one` is ahead of `other` */
export function describeSkew(aheadMs: number, one: string, other: string): string {
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  const amount = seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`
  return `${one} is ${amount} ${aheadMs > 0 ? 'ahead of' : 'behind'} ${other}`
}
