// The commands and permissions that fixes name, written out for this bucket.
import { GetBucketCorsCommand, type S3Client } from '@aws-sdk/client-s3'
import { DEFAULT_JOURNAL_PREFIX } from '../../s3/journal-place.js'
import { partition } from '../../s3/session-policy.js'
import { ruleId } from '../settings/setting.js'
import type { Probe } from './probe.js'
import type { Traces } from './traces.js'

/** `npx partway setup …`, which makes the bucket, its CORS rules and its lifecycle rule. */
export async function suggestSetup(probe: Probe): Promise<string> {
  const { client, bucket, origin } = probe
  // `setup` removes origins that are not given again.
  const origins = new Set([...(await readOwnOrigins(probe)), origin])
  const flags = [
    `--bucket ${quote(bucket)}`,
    ...[...origins].map((each) => `--origin ${quote(each)}`),
    ...placeFlags(probe),
    ...(await connectionFlags(client)),
  ]
  return `npx partway setup ${flags.join(' ')}`
}

/** Origins of the rule that `setup` made, if these credentials may read it. */
async function readOwnOrigins({ client, bucket, keyPrefix, timeLimit }: Probe): Promise<string[]> {
  const command = new GetBucketCorsCommand({ Bucket: bucket })
  const rules = await client.send(command, { abortSignal: timeLimit() }).catch(() => undefined)
  return rules?.CORSRules?.find((rule) => rule.ID === ruleId(keyPrefix))?.AllowedOrigins ?? []
}

/** Where to allow an action, and the command that shows the whole policy. */
export async function suggestAction(probe: Probe, action: string): Promise<string> {
  return await suggestActionBelow(probe, probe.traces, action)
}

/** The same, for an action below the journal's prefix. */
export async function suggestJournalAction(probe: Probe, action: string): Promise<string> {
  return await suggestActionBelow(probe, probe.journal, action)
}

async function suggestActionBelow(
  probe: Probe,
  { bucket, keyPrefix }: Traces,
  action: string,
): Promise<string> {
  const resource = action === 's3:ListBucket' ? bucket : `${bucket}/${keyPrefix}*`
  const arn = `arn:${partition(await probe.client.config.region())}:s3:::${resource}`
  const flags = [`--bucket ${quote(probe.bucket)}`, ...placeFlags(probe)].join(' ')
  return `Allow ${action} on ${arn}. The whole policy: npx partway policy ${flags}`
}

function placeFlags({ bucket, keyPrefix, journal }: Probe): string[] {
  return [
    ...(keyPrefix === '' ? [] : [`--prefix ${quote(keyPrefix)}`]),
    ...(journal.bucket === bucket ? [] : [`--journal-bucket ${quote(journal.bucket)}`]),
    ...(journal.keyPrefix === DEFAULT_JOURNAL_PREFIX ? [] : [`--journal-prefix ${quote(journal.keyPrefix)}`]),
  ]
}

// Omits the command line's defaults.
async function connectionFlags({ config }: S3Client): Promise<string[]> {
  const region = await config.region()
  const endpoint = await config.endpoint?.()
  if (!endpoint) return [`--region ${region}`]
  const { protocol, hostname, port } = endpoint
  return [
    `--endpoint ${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
    ...(region === 'us-east-1' ? [] : [`--region ${region}`]),
    ...(config.forcePathStyle ? [] : ['--no-path-style']),
  ]
}

function quote(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
