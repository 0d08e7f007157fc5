// Whether a region and credentials are configured at all.
import type { Check } from '../check.js'
import { shorten } from '../explain-failure.js'
import { failed, ok } from '../report.js'

/** Also advice for wrong credentials. */
export const WHERE_CREDENTIALS_ARE =
  'The AWS SDK takes them from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, from a profile (--profile, AWS_PROFILE), or from the role of the machine.'

export const configuration: Check = {
  name: 'configuration',
  needs: [],
  async run({ client: { config } }) {
    const region = await config.region().catch(() => undefined)
    if (!region) {
      return failed(
        'no region is configured',
        "Give the bucket's: --region, option `region`, or AWS_REGION. Stores without regions mostly take us-east-1.",
      )
    }
    const credentials = await config.credentials().catch((error: Error) => error)
    if (credentials instanceof Error) {
      return failed(`no credentials were found (${shorten(credentials.message)})`, WHERE_CREDENTIALS_ARE)
    }
    return ok(`region ${region}, access key ${mask(credentials.accessKeyId)}`)
  },
}

/** Not a secret, but still private. */
export function mask(accessKeyId: string): string {
  return accessKeyId.length < 12 ? accessKeyId : `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`
}
