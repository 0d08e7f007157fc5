// Lets pages of the app's origins send to the bucket. Keeps other rules.
import { isDeepStrictEqual } from 'node:util'
import { type CORSRule, GetBucketCorsCommand, PutBucketCorsCommand } from '@aws-sdk/client-s3'
import type { OpenBucket } from '../open-bucket.js'
import { refusedAsMalformed } from './refused-as-malformed.js'
import { readSetting, ruleId, type Setting } from './setting.js'

const METHODS = ['POST', 'PUT']

/**
 * The rule for pages of these origins. Only metadata headers (`x-amz-meta-…`) have unknown names, but Garage supports no
 * pattern besides `*`, and a list would protect nothing: the signature says what a page may send.
 * `ExposeHeaders` is for `@uppy/aws-s3`.
 */
export function corsRule(origins: readonly string[], prefix: string) {
  return {
    ID: ruleId(prefix),
    AllowedOrigins: [...origins],
    AllowedMethods: METHODS,
    AllowedHeaders: ['*'],
    ExposeHeaders: ['ETag', 'Location'],
    MaxAgeSeconds: 3600,
  } satisfies CORSRule
}

export const cors: Setting = {
  name: 'cors',
  instead:
    "Allow the origins in the store's own configuration (MinIO: MINIO_API_CORS_ALLOW_ORIGIN, which allows all unless set).",

  async inspect(bucket, { origins, prefix }) {
    const before = await readRules(bucket)
    const { rules, detail } = mergeCors(before, origins, prefix)
    if (!rules) return { state: 'unchanged', detail }
    return {
      state: before.length > 0 ? 'change' : 'create',
      detail,
      apply: () => writeRules(bucket, rules),
    }
  },
}

/**
 * Adds our rule and keeps all others unchanged. Ceph applies only the first rule that has the origin: so ours goes first,
 * unless it works where it is, and also allows what the others allow its origins.
 *
 * @returns the rules to write; none if the present ones suffice
 */
export function mergeCors(
  before: CORSRule[],
  origins: readonly string[],
  prefix: string,
): { rules?: CORSRule[]; detail: string } {
  const allowed = `POST and PUT from ${origins.join(', ')}`
  const letIn = (rules: CORSRule[]) => origins.every((origin) => letsIn(rules, origin))
  const ours = corsRule(origins, prefix)
  const mine = before.find(({ ID }) => ID === ours.ID)
  // Another app's rule does not count: that app may change its origins any day.
  if (!mine && letIn(before.filter(({ ID }) => !ID?.startsWith(ruleId(''))))) {
    return { detail: `the rules that are there allow ${allowed}` }
  }
  const others = before.filter((rule) => rule !== mine)
  const shared = others.filter((rule) => origins.some((origin) => hasOrigin(rule, origin)))
  const wide = {
    ...ours,
    AllowedMethods: union(ours.AllowedMethods, shared, 'AllowedMethods'),
    ExposeHeaders: union(ours.ExposeHeaders, shared, 'ExposeHeaders'),
  }
  const kept = others.length > 0 ? `; ${count(others.length, 'other rule')} kept` : ''
  if (mine && isSameRule(mine, wide) && letIn(before)) return { detail: `${allowed}${kept}` }
  const instead = mine?.AllowedOrigins?.filter((origin) => !origins.includes(origin)) ?? []
  const gone = instead.length > 0 ? `, and no more from ${instead.join(', ')}` : ''
  return { rules: [wide, ...others], detail: `${allowed}${gone}${kept}` }
}

function letsIn(rules: CORSRule[], origin: string): boolean {
  const first = rules.find((rule) => hasOrigin(rule, origin))
  return (
    first !== undefined &&
    METHODS.every((method) => first.AllowedMethods?.includes(method)) &&
    (first.AllowedHeaders ?? []).includes('*')
  )
}

function hasOrigin({ AllowedOrigins = [] }: CORSRule, origin: string): boolean {
  return AllowedOrigins.some((pattern) => {
    const [start = '', end] = pattern.split('*')
    return end === undefined
      ? origin === pattern
      : origin.length >= pattern.length - 1 && origin.startsWith(start) && origin.endsWith(end)
  })
}

function union(own: string[], rules: CORSRule[], field: 'AllowedMethods' | 'ExposeHeaders'): string[] {
  return [...new Set([...own, ...rules.flatMap((rule) => rule[field] ?? [])])]
}

// Stores sort these lists.
function isSameRule(one: CORSRule, other: CORSRule): boolean {
  const sorted = (rule: CORSRule) => [
    rule.ID,
    rule.MaxAgeSeconds,
    ...[rule.AllowedOrigins, rule.AllowedMethods, rule.AllowedHeaders, rule.ExposeHeaders].map((list) =>
      (list ?? []).toSorted(),
    ),
  ]
  return isDeepStrictEqual(sorted(one), sorted(other))
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`

async function readRules(bucket: OpenBucket): Promise<CORSRule[]> {
  const call = bucket.client.send(new GetBucketCorsCommand({ Bucket: bucket.bucket }), bucket.limit())
  return (await readSetting(bucket, 's3:GetBucketCORS', 'NoSuchCORSConfiguration', call))?.CORSRules ?? []
}

async function writeRules(
  { client, bucket, limit, attempt }: OpenBucket,
  rules: CORSRule[],
): Promise<undefined> {
  const command = new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: rules } })
  const sent = client.send(command, limit()).catch(refusedAsMalformed('CORS rules'))
  await attempt('s3:PutBucketCORS', sent)
  return undefined
}
