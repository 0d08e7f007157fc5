// The policy of a form POST and its signature: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html
import type { S3Client } from '@aws-sdk/client-s3'
import { createScope, getSigningKey } from '@smithy/signature-v4'

type S3Config = S3Client['config']

export interface FormToSign {
  key: string
  fields: Record<string, string>
  /** Conditions of the policy, besides those for the fields. */
  conditions: readonly unknown[]
}

/** Who signs, from when, and for how long. */
export interface Validity {
  credentials: Awaited<ReturnType<S3Config['credentials']>>
  signingDate: Date
  /** Seconds. */
  expiresIn: number
}

/** Region, service and hash of a signature. */
export interface SigningScope {
  region: string
  service: string
  sha256: S3Config['sha256']
}

/** @returns all fields of the form but the file; the browser must send each exactly like this */
export async function signPolicy(
  { key, fields, conditions }: FormToSign,
  bucket: string,
  { region, service, sha256 }: SigningScope,
  { credentials, signingDate, expiresIn }: Validity,
): Promise<Record<string, string>> {
  const date = toSeconds(signingDate).replace(/[-:]/g, '')
  const day = date.slice(0, 8)
  const all = {
    ...fields,
    bucket,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${createScope(day, region, service)}`,
    'X-Amz-Date': date,
    ...(credentials.sessionToken && { 'X-Amz-Security-Token': credentials.sessionToken }),
    key,
  }
  const exactly = Object.entries(all).map(([name, value]) => ({ [name]: value }))
  const expiration = toSeconds(new Date(signingDate.getTime() + expiresIn * 1000))
  const policy = JSON.stringify({ expiration, conditions: [...conditions, ...exactly] })
  const stringToSign = Buffer.from(policy).toString('base64')
  const hash = new sha256(await getSigningKey(sha256, credentials, day, region, service))
  hash.update(Buffer.from(stringToSign))
  const signature = Buffer.from(await hash.digest()).toString('hex')
  return { ...all, Policy: stringToSign, 'X-Amz-Signature': signature }
}

/** ISO 8601, to the second: `2026-03-04T05:06:07Z`. */
function toSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}/, '')
}
