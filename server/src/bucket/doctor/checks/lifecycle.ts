// Whether uploads that nobody finishes are aborted one day: until then their parts are billed.
import { GetBucketLifecycleConfigurationCommand, type LifecycleRule } from '@aws-sdk/client-s3'
import { PartwayError } from '../../../errors.js'
import { readFailure, toPartwayError } from '../../../s3/s3-errors.js'
import type { Check } from '../check.js'
import { describeFailure } from '../explain-failure.js'
import type { Probe } from '../probe.js'
import { type Finding, failed, info, ok, skipped } from '../report.js'
import { suggestSetup } from '../suggest.js'

const ACTION = 's3:GetLifecycleConfiguration'

export const lifecycle: Check = {
  name: 'lifecycle',
  needs: ['bucket'],
  async run(probe) {
    const { client, bucket, keyPrefix, timeLimit } = probe
    const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket })
    try {
      const { Rules = [] } = await client.send(command, { abortSignal: timeLimit() })
      const days = Rules.flatMap((rule) => daysFor(rule, keyPrefix))
      if (days.length > 0) return ok(`incomplete uploads are aborted after ${Math.min(...days)} days`)
      return await missing(
        probe,
        `no rule of the bucket aborts incomplete uploads${keyPrefix && ` below ${keyPrefix}`}`,
      )
    } catch (error) {
      return await explain(probe, error)
    }
  },
}

async function explain(probe: Probe, error: unknown): Promise<Finding> {
  const { name, status } = readFailure(error)
  if (name === 'NoSuchLifecycleConfiguration') return await missing(probe, 'the bucket has no lifecycle rule')
  const known = toPartwayError(error, ACTION)
  if (known instanceof PartwayError && known.code === 's3_access_denied') {
    return skipped(
      `these credentials may not see the rules (${ACTION}), which the middleware does not need; run the doctor with those that set the bucket up`,
    )
  }
  if (name === 'NotImplemented' || status === 501 || status === 405 || status === 400) {
    return info(
      `this store has no lifecycle rules (${describeFailure(error)}): run \`npx partway sweep --bucket ${probe.bucket} --older-than 7d\` every day`,
    )
  }
  throw error
}

async function missing(probe: Probe, seen: string): Promise<Finding> {
  return failed(
    `${seen}: parts of uploads that nobody finishes are billed for ever`,
    await suggestSetup(probe),
  )
}

/** For which days a rule lets uploads below the prefix lie; none if it is not for all of them. */
function daysFor(
  { Status, Filter, Prefix, AbortIncompleteMultipartUpload }: LifecycleRule,
  keyPrefix: string,
): number[] {
  const days = AbortIncompleteMultipartUpload?.DaysAfterInitiation
  const isForAll = keyPrefix.startsWith(Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? '')
  return Status === 'Enabled' && days !== undefined && isForAll ? [days] : []
}
