// Whether the app itself can use S3, with its own credentials, region, buckets and secrets, which the doctor does not have.
import { ERROR_CODES, type ErrorCode } from '../../../../errors.js'
import type { Check } from '../../check.js'
import { failed, ok } from '../../report.js'
import { WHERE_CREDENTIALS_ARE } from '../configuration.js'
import { callApp } from './call-app.js'
import type { FoundApp } from './find-app.js'

export function appHealth(find: () => Promise<FoundApp>): Check {
  return {
    name: 'app health',
    needs: ['app mounted'],
    async run() {
      const { app } = await find()
      const { status, health } = await callApp(app, { path: '/health' })
      if (!health) {
        return failed(
          `GET ${app.url}/health is answered with ${status}, and not by Partway: so nobody knows whether the app gets on with S3`,
          'Let what is in front of Partway pass /health on, and update @partway/koa.',
        )
      }
      if (health.ok) return ok("S3 takes the app's calls, and the app has secrets")
      const { code = 'internal_error' } = health
      return failed(
        `GET /health says ${code}: ${ERROR_CODES[code].meaning.replace(/\.$/, '')}`,
        explain(code),
      )
    },
  }
}

const FIXES: Partial<Record<ErrorCode, string>> = {
  secrets_invalid: `Set \`app.keys\`, or the option \`secrets\`, to what this prints: node -p "crypto.randomBytes(32).toString('base64url')"`,
  s3_credentials_rejected: `Give the app credentials that are in force. ${WHERE_CREDENTIALS_ARE}`,
  s3_access_denied: "Give the app's credentials the rights that `npx partway policy` prints.",
  s3_unreachable:
    "Correct the app's option `endpoint`, and let the network pass connections from its server to it.",
  s3_wrong_region: "Correct the app's option `region`, or its AWS_REGION.",
  s3_clock_skew: 'Set the clock of its server by NTP (timedatectl set-ntp true).',
  bucket_missing: "Correct the app's option `bucket`, or make the bucket by `npx partway setup`.",
}

const explain = (code: ErrorCode) =>
  `${FIXES[code] ?? 'Run the doctor again in a moment.'} The app's log has the cause.`
