// The rights of the middleware's own user on Ceph: those of `policy()`, and no others.
import { PutBucketPolicyCommand, type S3Client } from '@aws-sdk/client-s3'
import { bucketPolicy, type PolicyOptions, policy } from '@partway/server/bucket'

/** ARNs of users. */
export interface Principals {
  /** Who owns the bucket. */
  principal: string
  /** Who gets the policy. */
  limited: { principal: string }
  /** Who signs what pages send: may write, but not the journal, and not read, not even what it wrote. */
  signer?: string
}

// What Ceph lets a user do with objects that the user wrote, whatever the policy. AWS does not: its buckets switch
// ACLs off by default.
const RIGHTS_OF_A_WRITER = [
  's3:GetObject',
  's3:GetObjectAcl',
  's3:PutObjectAcl',
  's3:GetObjectTagging',
  's3:PutObjectTagging',
  's3:DeleteObjectTagging',
]

// The same for the parts of an upload that the user began.
const RIGHTS_OF_AN_UPLOADER = [...RIGHTS_OF_A_WRITER, 's3:ListMultipartUploadParts']

/** All actions that the policy allows, with all that the tests use. */
export function policyActions(): string[] {
  return policy({ bucket: 'media' }).Statement.flatMap(({ Action }) => Action)
}

/**
 * Puts the policy on a bucket, for the limited user alone.
 * @param without an action to leave out
 * @param options of the policy
 */
export async function grantLeastPrivilege(
  client: S3Client,
  bucket: string,
  { principal, limited, signer }: Principals,
  without?: string,
  options: Pick<PolicyOptions, 'prefix'> = {},
): Promise<void> {
  const arn = `arn:aws:s3:::${bucket}`
  const user = { Principal: { AWS: limited.principal } }
  const { Version, Statement } = bucketPolicy({
    bucket,
    principal: limited.principal,
    bucketOwner: principal,
    ...options,
  })
  const granted = Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((action) => action !== without),
  })).filter(({ Action }) => Action.length > 0)
  const actions = granted.flatMap(({ Action }) => Action)
  const denied = RIGHTS_OF_AN_UPLOADER.filter((action) => !actions.includes(action))
  const document = {
    Version,
    Statement: [
      ...granted,
      { Effect: 'Deny', ...user, Action: denied, Resource: `${arn}/*` },
      ...(signer === undefined ? [] : signingStatements(signer, arn)),
    ],
  }
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(document) }))
}

function signingStatements(signer: string, arn: string) {
  const user = { Principal: { AWS: signer }, Resource: `${arn}/*` }
  return [
    { Effect: 'Allow', Action: 's3:PutObject', ...user },
    { Effect: 'Deny', Action: RIGHTS_OF_A_WRITER, ...user },
    { Effect: 'Deny', Action: 's3:*', ...user, Resource: `${arn}/.partway/*` },
  ]
}
