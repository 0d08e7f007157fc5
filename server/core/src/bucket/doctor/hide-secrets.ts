// Removes secrets from the report, in case a server repeats them in its answer.
import type { S3Client } from '@aws-sdk/client-s3'
import type { Step } from './report.js'

const SHORTEST = 8

/** @returns a function that masks the credentials' secrets and the values of `appHeaders` */
export async function hideSecrets(
  { config }: S3Client,
  appHeaders: Readonly<Record<string, string>>,
): Promise<(step: Step) => Step> {
  const { secretAccessKey, sessionToken } = await config.credentials().catch(() => ({
    secretAccessKey: '',
    sessionToken: undefined,
  }))
  // Also the part after `Bearer` or a cookie's name.
  const values = Object.values(appHeaders).flatMap((value) => [value, ...value.split(/[\s;=]+/)])
  const secrets = [secretAccessKey, sessionToken ?? '', ...values]
    .filter(({ length }) => length >= SHORTEST)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
  const hide = (text: string) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text)
  return ({ seen, fix, ...step }) => ({
    ...step,
    seen: hide(seen),
    ...(fix !== undefined && { fix: hide(fix) }),
  })
}
