// Uploads that nobody finishes are aborted after some days. Other rules stay.
import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type GetBucketLifecycleConfigurationCommandOutput,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3'
import { BucketError } from '../bucket-error.js'
import type { OpenBucket } from '../open-bucket.js'
import { refusedAsMalformed } from './refused-as-malformed.js'
import { readSetting, ruleId, type Setting } from './setting.js'

type Configuration = Pick<
  GetBucketLifecycleConfigurationCommandOutput,
  'Rules' | 'TransitionDefaultMinimumObjectSize'
>

export const lifecycle: Setting = {
  name: 'lifecycle',
  instead:
    'Run `partway sweep` every day, unless the store removes unfinished uploads by itself (MinIO: after a day).',

  async inspect(bucket, { prefix, lifecycleDays }) {
    const before = await readConfiguration(bucket)
    const { rules, detail } = mergeLifecycle(before.Rules ?? [], prefix, lifecycleDays)
    if (!rules) return { state: 'unchanged', detail }
    return {
      state: before.Rules ? 'change' : 'create',
      detail,
      apply: () => replace(bucket, before, rules, ruleId(prefix)),
    }
  },
}

/** @returns the rules to write; without them, those that are there do */
export function mergeLifecycle(
  before: LifecycleRule[],
  prefix: string,
  days: number,
): { rules?: LifecycleRule[]; detail: string } {
  const id = ruleId(prefix)
  const others = before.filter(({ ID }) => ID !== id)
  const where = prefix === '' ? '' : ` below ${prefix}`
  const soonest = others
    .filter((rule) => rule.Status === 'Enabled' && prefix.startsWith(prefixOf(rule)))
    .map(
      ({ AbortIncompleteMultipartUpload: abort }) => abort?.DaysAfterInitiation ?? Number.POSITIVE_INFINITY,
    )
    .reduce((least, own) => Math.min(least, own), Number.POSITIVE_INFINITY)
  const ours = before.find(({ ID }) => ID === id)
  if (!ours && soonest <= days) {
    return { detail: `a rule that is there aborts unfinished uploads${where} after ${describeDays(soonest)}` }
  }
  const kept = others.length > 0 ? `; ${others.length} other rule${others.length === 1 ? '' : 's'} kept` : ''
  const detail = `abort unfinished uploads${where} after ${describeDays(days)}${kept}`
  const isSame =
    ours?.Status === 'Enabled' &&
    prefixOf(ours) === prefix &&
    ours.AbortIncompleteMultipartUpload?.DaysAfterInitiation === days
  if (isSame) return { detail }
  // S3 does not take rules of its older and its newer form together.
  const isOldForm = others.some((rule) => rule.Filter === undefined)
  const rule: LifecycleRule = {
    ID: id,
    Status: 'Enabled',
    ...(isOldForm ? { Prefix: prefix } : { Filter: { Prefix: prefix } }),
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: days },
  }
  return { rules: [...others, rule], detail }
}

const prefixOf = ({ Filter, Prefix }: LifecycleRule) => Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? ''

const describeDays = (days: number) => (days === 1 ? '1 day' : `${days} days`)

async function readConfiguration(bucket: OpenBucket): Promise<Configuration> {
  const { client, limit } = bucket
  const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket.bucket })
  const missing = 'NoSuchLifecycleConfiguration'
  return (
    (await readSetting(bucket, 's3:GetLifecycleConfiguration', missing, client.send(command, limit()))) ?? {}
  )
}

// MinIO takes the rule, and keeps it without its action.
async function replace(
  bucket: OpenBucket,
  before: Configuration,
  rules: LifecycleRule[],
  id: string,
): Promise<undefined> {
  await write(bucket, { ...before, Rules: rules })
  const { Rules = [] } = await readConfiguration(bucket)
  const written = Rules.find(({ ID }) => ID === id)
  if (!written || written.AbortIncompleteMultipartUpload) return undefined
  await write(bucket, before)
  throw new BucketError('not_supported', 'This store keeps no rule that aborts unfinished uploads.')
}

async function write(
  { client, bucket, limit, attempt }: OpenBucket,
  { Rules, TransitionDefaultMinimumObjectSize }: Configuration,
): Promise<void> {
  const sent = Rules
    ? client.send(
        new PutBucketLifecycleConfigurationCommand({
          Bucket: bucket,
          TransitionDefaultMinimumObjectSize,
          LifecycleConfiguration: { Rules },
        }),
        limit(),
      )
    : client.send(new DeleteBucketLifecycleCommand({ Bucket: bucket }), limit())
  await attempt('s3:PutLifecycleConfiguration', sent.catch(refusedAsMalformed('lifecycle rules')))
}
