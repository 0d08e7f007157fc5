// Credentials from AWS STS for pages that sign their own S3 requests: limited in time, and to one owner's prefix.
import type { S3Client } from '@aws-sdk/client-s3'
import {
  AssumeRoleCommand,
  type Credentials,
  GetFederationTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { z } from 'zod'
import type { JournalPlace } from './journal-place.js'
import { toPartwayError } from './s3-errors.js'
import { sessionName, sessionPolicy } from './session-policy.js'

/** How temporary credentials are issued. Their session policy allows uploads below the owner's prefix only. */
export interface StsOptions {
  /**
   * ARN of the role to assume, at most 2,048 characters. The server's credentials need `sts:AssumeRole` on it. The role needs `s3:PutObject`,
   * `s3:AbortMultipartUpload` and `s3:ListMultipartUploadParts`.
   * @default a federation token, which only the keys of an IAM user with `sts:GetFederationToken` can get
   */
  roleArn?: string | undefined
  /** Seconds that the credentials are valid; 900 to 43,200, and at most what the role allows. @default 3600 */
  durationSeconds?: number | undefined
  /** The `sts:ExternalId` that the role's trust policy requires, 2 to 1,224 characters. Goes with `roleArn`. */
  externalId?: string | undefined
  /** Your own `STSClient`. @default one like the S3 client: region, credentials, and endpoint unless that is one of AWS */
  client?: STSClient | undefined
}

// Bounds and patterns: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
export const StsSchema = z
  .strictObject({
    roleArn: z
      .string()
      .max(2048)
      .regex(/^arn:[^:\s]+:iam:[^:\s]*:[^:\s]*:role\/\S+$/, 'must be the ARN of a role'),
    durationSeconds: z.int().min(900).max(43_200),
    externalId: z
      .string()
      .min(2)
      .max(1224)
      .regex(/^[\w+=,.@:/-]+$/),
    client: z.custom<STSClient>((value) => typeof value === 'object' && value !== null && 'send' in value),
  })
  .partial()
  .refine(({ roleArn, externalId }) => roleArn || !externalId, 'externalId goes with roleArn')

type Field = 'AccessKeyId' | 'SecretAccessKey' | 'SessionToken' | 'Expiration'

/** Reply of `GET /s3/sts`. */
export interface TemporaryCredentials {
  /**
   * `AccessKeyId`, `SecretAccessKey`, `SessionToken` and `Expiration`, as `@uppy/aws-s3` 5 spells them, and the same with a small
   * first letter, as version 6 does.
   */
  credentials: Record<Field | Uncapitalize<Field>, string>
  /** The bucket of the uploads. */
  bucket: string
  /** The bucket's region. */
  region: string
  /** Prefix that the keys of the page's objects must have. */
  keyPrefix: string
}

export interface CredentialsIssuerOptions {
  sts: StsOptions
  s3Client: S3Client
  bucket: string
  /** Prefix of all keys of an owner: letters, digits and `!_.-/`, a slash at its end. */
  ownerPrefix: (owner: string) => string
  /** @default `.partway/` of the bucket */
  journal?: JournalPlace
  /** For each call to STS, the SDK's retries included. */
  timeoutMs: number
}

/** @throws TypeError if a policy cannot hold the bucket or the prefix */
export function createCredentialsIssuer({
  sts,
  s3Client,
  bucket,
  ownerPrefix,
  journal,
  timeoutMs,
}: CredentialsIssuerOptions): (owner: string) => Promise<TemporaryCredentials> {
  sessionPolicy('', bucket, ownerPrefix('owner'), journal)
  let { client } = sts
  return async (owner) => {
    const region = await s3Client.config.region()
    const keyPrefix = ownerPrefix(owner)
    client ??= await createStsClient(s3Client)
    const credentials = await requestCredentials(
      client,
      sts,
      sessionName(owner),
      sessionPolicy(region, bucket, keyPrefix, journal),
      AbortSignal.timeout(timeoutMs),
    )
    return { credentials: spellTwice(credentials), bucket, region, keyPrefix }
  }
}

async function createStsClient({ config }: S3Client): Promise<STSClient> {
  const { region, credentials, requestHandler, maxAttempts } = config
  const endpoint = await config.endpoint?.()
  // Stores other than AWS serve STS, if at all, at their S3 endpoint.
  const isOwnStore = endpoint && !/\.amazonaws\.com(\.cn)?$/.test(endpoint.hostname)
  return new STSClient({
    region,
    credentials,
    requestHandler,
    maxAttempts,
    ...(isOwnStore && { endpoint }),
  })
}

async function requestCredentials(
  client: STSClient,
  { roleArn, externalId, durationSeconds = 3600 }: StsOptions,
  name: string,
  policy: string,
  abortSignal: AbortSignal,
): Promise<Credentials | undefined> {
  const request = { Policy: policy, DurationSeconds: durationSeconds }
  try {
    if (roleArn === undefined) {
      const command = new GetFederationTokenCommand({ ...request, Name: name })
      return (await client.send(command, { abortSignal })).Credentials
    }
    const role = { RoleArn: roleArn, ExternalId: externalId, RoleSessionName: name }
    return (await client.send(new AssumeRoleCommand({ ...request, ...role }), { abortSignal })).Credentials
  } catch (error) {
    throw toPartwayError(error, roleArn === undefined ? 'sts:GetFederationToken' : 'sts:AssumeRole')
  }
}

function spellTwice(issued: Credentials | undefined): TemporaryCredentials['credentials'] {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = issued ?? {}
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new Error('STS answered without credentials')
  }
  const expires = Expiration.toISOString()
  return {
    AccessKeyId,
    SecretAccessKey,
    SessionToken,
    Expiration: expires,
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: expires,
  }
}
