// The commands and permissions that fixes name, spelt out for this bucket.
import type { S3Client } from '@aws-sdk/client-s3'
import type { Probe } from './probe.js'

/** `npx partway setup …`, which makes the bucket, its CORS rules and its lifecycle rule. */
export async function suggestSetup(probe: Probe): Promise<string> {
  const { client, bucket, origin } = probe
  return `npx partway setup --bucket ${quote(bucket)} --origin ${quote(origin)}${await connectionFlags(client)}`
}

/** Where to allow an action, and the command that shows the whole policy. */
export function suggestAction({ bucket, keyPrefix }: Probe, action: string): string {
  const resource = /^s3:(ListBucket|GetLifecycle)/.test(action) ? bucket : `${bucket}/${keyPrefix}*`
  const prefix = keyPrefix === '' ? '' : ` --prefix ${quote(keyPrefix)}`
  return `Allow ${action} on arn:aws:s3:::${resource}; npx partway policy --bucket ${quote(bucket)}${prefix} shows the whole policy`
}

async function connectionFlags({ config }: S3Client): Promise<string> {
  const endpoint = await config.endpoint?.()
  if (!endpoint) return ''
  const { protocol, hostname, port } = endpoint
  return ` --endpoint ${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`
}

function quote(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
