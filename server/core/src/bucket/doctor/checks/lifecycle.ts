// Whether unfinished uploads are aborted at some time: until then S3 bills their parts.
import { GetBucketLifecycleConfigurationCommand } from '@aws-sdk/client-s3'
import { PartwayError } from '../../../errors.js'
import { readFailure, toPartwayError } from '../../../s3/s3-errors.js'
import { leastDays } from '../../settings/lifecycle-rules.js'
import type { Check } from '../check.js'
import { describeFailure } from '../explain-failure.js'
import type { Probe } from '../probe.js'
import { type Finding, failed, info, ok, skipped, warning } from '../report.js'
import { suggestSetup } from '../suggest.js'

const ACTION = 's3:GetLifecycleConfiguration'

export const lifecycle: Check = {
  name: 'lifecycle',
  needs: ['bucket'],
  async run(probe) {
    const { client, bucket, keyPrefix, journal, timeLimit } = probe
    const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket })
    try {
      const { Rules = [] } = await client.send(command, { abortSignal: timeLimit() })
      const aborts = leastDays(
        Rules,
        keyPrefix,
        (rule) => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
      )
      if (aborts === Infinity) {
        const seen = `no rule of the bucket aborts incomplete uploads${keyPrefix && ` below ${keyPrefix}`}`
        return await missing(probe, seen)
      }
      const seen = `incomplete uploads are aborted after ${aborts} days`
      const deletes = leastDays(Rules, journal.keyPrefix, (rule) => rule.Expiration?.Days)
      if (journal.bucket !== bucket || deletes >= aborts) return ok(seen)
      return warning(
        `${seen}, and their entries below ${journal.keyPrefix} are deleted after ${deletes}: nobody finishes those in between`,
        'Bind the rule that deletes them to other prefixes, or give the journal a bucket of its own (option `journal`).',
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
