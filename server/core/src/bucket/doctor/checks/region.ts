// Whether the bucket is in the region that requests are signed for. S3's refusal names the right one.

import { PartwayError } from '../../../errors.js'
import type { BucketLook } from '../../../s3/look-at-bucket.js'
import { toPartwayError } from '../../../s3/s3-errors.js'
import type { Check } from '../check.js'
import { describeFailure } from '../explain-failure.js'
import { failed, ok } from '../report.js'

export const region: Check = {
  name: 'region',
  needs: ['endpoint', 'clock'],
  async run(probe) {
    const look = await probe.look()
    const configured = await probe.client.config.region()
    if (!isWrongRegion(look)) return ok(`S3 takes requests signed for ${configured}`)
    const right = findRegion(look)
    const seen = `requests are signed for ${configured}, and the bucket is ${right ? `in ${right}` : 'elsewhere'} (${describeFailure(look.error)})`
    return failed(
      seen,
      right
        ? `Use that region: --region ${right}, option \`region: '${right}'\`, or AWS_REGION=${right}.`
        : 'Look up where the bucket is in the console of the store, and give it: --region, option `region`, or AWS_REGION.',
    )
  },
}

function isWrongRegion({ error }: BucketLook): boolean {
  if (error === undefined) return false
  const known = toPartwayError(error, 's3:ListBucket')
  if (known instanceof PartwayError) return known.code === 's3_wrong_region'
  // Cloudflare R2.
  return error instanceof Error && error.name === 'InvalidRegionName'
}

function findRegion({ error, headers }: BucketLook): string | undefined {
  const { Region, message } = error as { Region?: unknown; message?: string }
  if (typeof Region === 'string') return Region
  return headers['x-amz-bucket-region'] ?? /expecting '([\w-]+)'/.exec(message ?? '')?.[1]
}
