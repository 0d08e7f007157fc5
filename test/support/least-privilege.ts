// The rights of the middleware's own user on Ceph: those of the policy in the README, and no others.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutBucketPolicyCommand, type S3Client } from '@aws-sdk/client-s3'

export interface Statement {
  Effect: string
  Action: string | string[]
  Resource: string | string[]
}

export interface Policy {
  Version: string
  Statement: Statement[]
}

/** ARNs of users. */
export interface Principals {
  /** Who owns the bucket. */
  principal: string
  /** Who gets the policy. */
  limited: { principal: string }
  /** Who signs what pages send: may write, and not read, not even what it wrote. */
  signer?: string
}

const README = join(import.meta.dirname, '../../server/README.md')
const README_BUCKET = 'arn:aws:s3:::media'

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

/** The first JSON block of the README's section Permissions. */
export async function readReadmePolicy(): Promise<Policy> {
  const [, section = ''] = (await readFile(README, 'utf8')).split('\n## Permissions\n')
  const [, json = ''] = /```json\n(.*?)\n```/s.exec(section) ?? []
  return JSON.parse(json)
}

/** All actions that the README's policy allows on the bucket and its objects. */
export async function readReadmeActions(): Promise<string[]> {
  return statementsOnBucket(await readReadmePolicy()).flatMap(({ Action }) => Action)
}

/**
 * Puts the README's policy on a bucket, for the limited user alone.
 * @param without an action to leave out
 */
export async function grantReadmePolicy(
  client: S3Client,
  bucket: string,
  { principal, limited, signer }: Principals,
  without?: string,
): Promise<void> {
  const arn = `arn:aws:s3:::${bucket}`
  const user = { Principal: { AWS: limited.principal } }
  const readme = await readReadmePolicy()
  const granted = statementsOnBucket(readme)
    .map((statement) => ({
      ...statement,
      ...user,
      Action: [statement.Action].flat().filter((action) => action !== without),
      Resource: [statement.Resource].flat().map((resource) => resource.replace(README_BUCKET, arn)),
    }))
    .filter(({ Action }) => Action.length > 0)
  const actions = granted.flatMap(({ Action }) => Action)
  const denied = RIGHTS_OF_AN_UPLOADER.filter((action) => !actions.includes(action))
  const policy = {
    Version: readme.Version,
    Statement: [
      ...granted,
      { Effect: 'Deny', ...user, Action: denied, Resource: `${arn}/*` },
      // Ceph gives an object to its writer alone, and not to the owner of the bucket as AWS does by default.
      { Effect: 'Allow', Principal: { AWS: principal }, Action: 's3:*', Resource: [arn, `${arn}/*`] },
      ...(signer === undefined ? [] : signingStatements(signer, `${arn}/*`)),
    ],
  }
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }))
}

function signingStatements(signer: string, objects: string) {
  const user = { Principal: { AWS: signer }, Resource: objects }
  return [
    { Effect: 'Allow', Action: 's3:PutObject', ...user },
    { Effect: 'Deny', Action: RIGHTS_OF_A_WRITER, ...user },
  ]
}

function statementsOnBucket({ Statement }: Policy): Statement[] {
  return Statement.filter(({ Resource }) => [Resource].flat().every((arn) => arn.startsWith(README_BUCKET)))
}
