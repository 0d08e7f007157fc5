// The permissions that the middleware's credentials need on the bucket, and no others. The README's section Permissions,
// the snippets and the tests on Ceph are built from this.
import { z } from 'zod'
import { describeMisuse, OptionError } from '../describe-misuse.js'
import { keyPrefixSchema } from '../resolve-options.js'
import { type JournalOptions, JournalSchema, placeJournal } from '../s3/journal-place.js'
import { partition } from '../s3/session-policy.js'
import { bucketShape } from './open-bucket.js'

export interface PolicyOptions {
  bucket: string
  /** Only objects whose keys start with it: the option `keyPrefix`. Letters, digits and `!_./-`. @default '' */
  prefix?: string
  /** For ARNs outside of AWS's commercial partition: China, GovCloud, the European Sovereign Cloud, … @default us-east-1 */
  region?: string
  /** The option `journal`. */
  journal?: JournalOptions
  /** For the option `object.acl`. @default false */
  acl?: boolean
  /** For the option `object.tags`. @default false */
  tags?: boolean
  /** For the option `sts`: the ARN of its role, or `true` without one. @default none */
  sts?: boolean | string
  /** ARN of the KMS key that objects are encrypted with, by `object.sseKmsKeyId` or the bucket's default. @default none */
  kms?: string
}

export interface PolicyStatement {
  Effect: 'Allow'
  Action: string[]
  Resource: string
}

/** The JSON document for IAM. */
export interface Policy {
  Version: '2012-10-17'
  Statement: PolicyStatement[]
}

/** An action of the policy, and what it is for. */
export interface ExplainedAction {
  action: string
  resource: string
  use: string
}

export const policyShape = {
  bucket: bucketShape.bucket,
  // In a policy, * and ? are wildcards and ${ starts a variable.
  prefix: keyPrefixSchema.regex(/^[\w!./-]*$/, 'may hold letters, digits and !_./- only').default(''),
  region: z.string().min(1).default('us-east-1'),
  journal: JournalSchema,
  acl: z.boolean().default(false),
  tags: z.boolean().default(false),
  sts: z
    .union([
      z.boolean(),
      z.string().regex(/^arn:[\w-]+:iam::\d*:role\/[\w+=,.@/-]+$/, 'must be true or the ARN of a role'),
    ])
    .default(false),
  kms: z
    .string()
    .regex(
      /^arn:[\w-]+:kms:[\w-]+:\d*:key\/[\w-]+$/,
      // https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
      'must be the ARN of a key (arn:…:key/…); that of an alias grants nothing in a policy: give the KeyMetadata.Arn that aws kms describe-key --key-id <alias> shows',
    )
    .optional(),
}

const PolicySchema = z.strictObject(policyShape)

/**
 * The least-privilege policy for the middleware with these options.
 *
 * @throws TypeError for misused options
 */
export function policy(options: PolicyOptions): Policy {
  const byResource = new Map<string, string[]>()
  for (const { action, resource } of explainPolicy(options)) {
    byResource.set(resource, [...(byResource.get(resource) ?? []), action])
  }
  const Statement = [...byResource].map(([Resource, Action]) => ({
    Effect: 'Allow' as const,
    Action,
    Resource,
  }))
  return { Version: '2012-10-17', Statement }
}

const JOURNAL_RIGHTS = [
  { action: 's3:PutObject', use: 'Writes entries of the journal.' },
  { action: 's3:GetObject', use: 'Reads entries of the journal.' },
  { action: 's3:DeleteObject', use: 'Deletes entries of the journal whose upload is settled.' },
]

/**
 * Each action of {@link policy}, with what it is for.
 *
 * @throws TypeError for misused options
 */
export function explainPolicy(options: PolicyOptions): ExplainedAction[] {
  const result = PolicySchema.safeParse(options)
  if (!result.success) throw new OptionError(describeMisuse(result.error, options, 'policy()'))
  const { bucket, prefix, region, acl, tags, sts, kms } = result.data
  const journal = placeJournal(bucket, result.data.journal)
  const aws = `arn:${partition(region)}`
  const objects = `${aws}:s3:::${bucket}/${prefix}*`
  const listed = `${aws}:s3:::${bucket}`
  const entries = `${aws}:s3:::${journal.bucket}/${journal.prefix}*`
  const isElsewhere = journal.bucket !== bucket
  // The permissions for uploads also cover the journal.
  const isCovered = !isElsewhere && journal.prefix.startsWith(prefix)
  const role = typeof sts === 'string' ? sts : undefined
  const rights: (ExplainedAction | false)[] = [
    {
      action: 's3:PutObject',
      resource: objects,
      use: 'Uploads: whole files, parts, beginning and completing them; and entries of the journal.',
    },
    {
      action: 's3:GetObject',
      resource: objects,
      use: "HEAD requests, which tell whether an object is the upload's own; `verifyContent`; and entries of the journal.",
    },
    {
      action: 's3:DeleteObject',
      resource: objects,
      use: 'Aborts of files sent in one request, content that is refused, and entries of the journal.',
    },
    { action: 's3:AbortMultipartUpload', resource: objects, use: 'Aborts of files sent in parts.' },
    {
      action: 's3:ListMultipartUploadParts',
      resource: objects,
      use: 'What has arrived: on resume, before completion and after an abort.',
    },
    acl && { action: 's3:PutObjectAcl', resource: objects, use: 'The option `object.acl`.' },
    tags && { action: 's3:PutObjectTagging', resource: objects, use: 'The option `object.tags`.' },
    {
      action: 's3:ListBucket',
      resource: listed,
      use: 'S3 then answers 404 for an object that does not exist, and not 403; many small files are confirmed by one list; and the journal is listed. It cannot be bound to a prefix.',
    },
    ...(isCovered ? [] : JOURNAL_RIGHTS.map((right) => ({ ...right, resource: entries }))),
    isElsewhere && {
      action: 's3:ListBucket',
      resource: `${aws}:s3:::${journal.bucket}`,
      // S3 ignores the prefix when it decides between 404 and 403.
      use: 'Lists the journal, and tells by a 404 that an entry does not exist. It cannot be bound to a prefix.',
    },
    kms !== undefined && { action: 'kms:GenerateDataKey', resource: kms, use: 'Writing with the KMS key.' },
    kms !== undefined && {
      action: 'kms:Decrypt',
      resource: kms,
      use: 'Uploads in parts and reading with the KMS key.',
    },
    role !== undefined && { action: 'sts:AssumeRole', resource: role, use: 'The option `sts` with a role.' },
    sts === true && {
      action: 'sts:GetFederationToken',
      resource: `${aws}:sts::*:federated-user/*`,
      use: 'The option `sts` without a role.',
    },
  ]
  return rights.filter((right) => right !== false)
}
