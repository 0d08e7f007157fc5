// Adds one of our lifecycle rules to a bucket, and keeps all others.
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
import { type Finding, readSetting, ruleId } from './setting.js'

/** A rule with one action on all keys below a prefix after some days. */
export interface WantedRule {
  /** Identifies our rule. */
  id: string
  prefix: string
  days: number
  action: (days: number) => Partial<LifecycleRule>
  /** Days of a rule with the same action; `undefined` for any other. */
  daysOf: (rule: LifecycleRule) => number | undefined
  /** What it does, for people: `abort unfinished uploads`. */
  does: string
  /** Message for a store that accepts such a rule and drops its action. */
  notKept: string
}

type Configuration = Pick<
  GetBucketLifecycleConfigurationCommandOutput,
  'Rules' | 'TransitionDefaultMinimumObjectSize'
>

export async function inspectRule(bucket: OpenBucket, wanted: WantedRule): Promise<Finding> {
  const before = await readConfiguration(bucket)
  const { rules, detail } = mergeRule(before.Rules ?? [], wanted)
  if (!rules) return { state: 'unchanged', detail }
  return {
    state: before.Rules?.some(({ ID }) => ID === wanted.id) ? 'change' : 'create',
    detail,
    apply: () => replace(bucket, before, rules, wanted),
  }
}

/** @returns the rules to write; none if the present ones suffice */
export function mergeRule(
  before: LifecycleRule[],
  { id, prefix, days, action, daysOf, does }: WantedRule,
): { rules?: LifecycleRule[]; detail: string } {
  const others = before.filter(({ ID }) => ID !== id)
  const where = prefix === '' ? '' : ` below ${prefix}`
  const soonest = leastDays(others, prefix, daysOf)
  const ours = before.find(({ ID }) => ID === id)
  if (!ours && soonest <= days) {
    return { detail: `a rule that is there does: ${does}${where} after ${describeDays(soonest)}` }
  }
  const foreign = others.filter(({ ID }) => !ID?.startsWith(ruleId(''))).length
  const kept = foreign > 0 ? `; ${foreign} other rule${foreign === 1 ? '' : 's'} kept` : ''
  const detail = `${does}${where} after ${describeDays(days)}${kept}`
  const isSame = ours?.Status === 'Enabled' && prefixOf(ours) === prefix && daysOf(ours) === days
  if (isSame) return { detail }
  // S3 does not accept its older and newer form of rules in one configuration.
  const isOldForm = others.some((rule) => rule.Filter === undefined)
  const rule: LifecycleRule = {
    ID: id,
    Status: 'Enabled',
    ...(isOldForm ? { Prefix: prefix } : { Filter: { Prefix: prefix } }),
    ...action(days),
  }
  return { rules: [...others, rule], detail }
}

/** The fewest days among the enabled rules for all objects below a prefix, whatever their tags and size; Infinity if none. */
export function leastDays(
  rules: LifecycleRule[],
  prefix: string,
  daysOf: (rule: LifecycleRule) => number | undefined,
): number {
  const days = rules.filter((rule) => isForAll(rule, prefix)).map((rule) => daysOf(rule) ?? Infinity)
  return Math.min(...days)
}

function isForAll(rule: LifecycleRule, prefix: string): boolean {
  const { And, Tag, ObjectSizeGreaterThan, ObjectSizeLessThan } = rule.Filter ?? {}
  const isNarrow = (And ?? Tag ?? ObjectSizeGreaterThan ?? ObjectSizeLessThan) !== undefined
  return rule.Status === 'Enabled' && !isNarrow && prefix.startsWith(prefixOf(rule))
}

const prefixOf = ({ Filter, Prefix }: LifecycleRule) => Filter?.Prefix ?? Prefix ?? ''

const describeDays = (days: number) => (days === 1 ? '1 day' : `${days} days`)

async function readConfiguration(bucket: OpenBucket): Promise<Configuration> {
  const { client, limit } = bucket
  const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket.bucket })
  const missing = 'NoSuchLifecycleConfiguration'
  return (
    (await readSetting(bucket, 's3:GetLifecycleConfiguration', missing, client.send(command, limit()))) ?? {}
  )
}

// Reads the rule back: MinIO accepts a rule that aborts uploads, and drops its action.
async function replace(
  bucket: OpenBucket,
  before: Configuration,
  rules: LifecycleRule[],
  { id, daysOf, notKept }: WantedRule,
): Promise<undefined> {
  await write(bucket, { ...before, Rules: rules })
  const { Rules = [] } = await readConfiguration(bucket)
  const written = Rules.find(({ ID }) => ID === id)
  if (!written || daysOf(written) !== undefined) return undefined
  await write(bucket, before)
  throw new BucketError('not_supported', notKept)
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
