// Limits temporary credentials to one owner's uploads, and names them for AWS's logs.
import { createHash } from 'node:crypto'
import { DEFAULT_JOURNAL_PREFIX, type JournalPlace } from './journal-place.js'

/**
 * A name for AWS's logs that distinguishes owners, in characters that both AWS and Ceph accept; federated users' names
 * have at most 32.
 */
export function sessionName(owner: string): string {
  const readable = owner.replace(/[^\w=,.@-]+/g, '-').slice(0, 15)
  return `${readable}-${createHash('sha256').update(owner).digest('base64url').slice(0, 16)}`
}

// Clients send PUT and the multipart calls, which are all s3:PutObject except these two.
const ACTIONS = ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']
const MAX_POLICY_LENGTH = 2048

/**
 * The policy that restricts an STS session to uploads under one prefix.
 *
 * @param journal which pages never reach
 * @throws TypeError for a bucket or prefix that the policy cannot hold, and if owner and journal would share a prefix
 */
export function sessionPolicy(
  region: string,
  bucket: string,
  keyPrefix: string,
  journal: JournalPlace = { bucket, prefix: DEFAULT_JOURNAL_PREFIX },
): string {
  if (!/^[\w.-]+$/.test(bucket)) {
    throw new TypeError(`partway(): option sts works with buckets by name, got ${JSON.stringify(bucket)}`)
  }
  // A policy takes * and ? as wildcards and ${ as a variable. Without the slash, `ada` would reach `adam/`.
  if (!/^[\w!./-]+\/$/.test(keyPrefix)) {
    throw new TypeError(
      `partway(): with option sts a key prefix may hold letters, digits and !_.-/ only, got ${JSON.stringify(keyPrefix)}`,
    )
  }
  const isShared = keyPrefix.startsWith(journal.prefix) || journal.prefix.startsWith(keyPrefix)
  if (journal.bucket === bucket && isShared) {
    throw new TypeError(
      `partway(): with option sts the journal (${journal.prefix}) must be apart from what pages write to, got ${JSON.stringify(keyPrefix)}`,
    )
  }
  const Resource = `arn:${partition(region)}:s3:::${bucket}/${keyPrefix}*`
  const Statement = [{ Effect: 'Allow', Action: ACTIONS, Resource }]
  const policy = JSON.stringify({ Version: '2012-10-17', Statement })
  if (policy.length > MAX_POLICY_LENGTH) {
    throw new TypeError(
      `partway(): with option sts a key prefix must be shorter, got ${keyPrefix.length} characters`,
    )
  }
  return policy
}

// By prefix of the region's name. Source: partitions.json of the AWS SDK.
const PARTITIONS: Readonly<Record<string, string>> = {
  'cn-': 'aws-cn',
  'us-gov-': 'aws-us-gov',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'eu-isoe-': 'aws-iso-e',
  'us-isof-': 'aws-iso-f',
  'eusc-': 'aws-eusc',
}

/** The second field of all ARNs in a region. */
export function partition(region: string): string {
  const start = Object.keys(PARTITIONS).find((name) => region.startsWith(name))
  return PARTITIONS[start ?? ''] ?? 'aws'
}
