// A stack for the AWS CDK 2, in TypeScript.
import type { PolicyStatement } from '../policy.js'
import type { WantedRule } from '../settings/lifecycle-rules.js'
import type { BucketPlan } from './bucket-plan.js'

export function cdk({ bucket, cors, abort, expire, user, policy }: BucketPlan): string {
  return `import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as s3 from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

export class UploadsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props)

    new s3.Bucket(this, 'Uploads', {
      bucketName: ${text(bucket)},
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      cors: [
        {
          id: ${text(cors.ID)},
          allowedOrigins: ${list(cors.AllowedOrigins)},
          allowedMethods: [${cors.AllowedMethods.map((method) => `s3.HttpMethods.${method}`).join(', ')}],
          allowedHeaders: ${list(cors.AllowedHeaders)},
          exposedHeaders: ${list(cors.ExposeHeaders)},
          maxAge: ${cors.MaxAgeSeconds},
        },
      ],
      lifecycleRules: [
${rule(abort, 'abortIncompleteMultipartUploadAfter')}${expire ? `\n${rule(expire, 'expiration')}` : ''}
      ],
    })

    const user = new iam.User(this, 'Uploader', { userName: ${text(user)} })
${policy.Statement.map(statement).join('\n')}
  }
}
`
}

function rule({ id, prefix, days }: WantedRule, action: string): string {
  return `        {
          id: ${text(id)},${prefix === '' ? '' : `\n          prefix: ${text(prefix)},`}
          ${action}: Duration.days(${days}),
        },`
}

function statement({ Action, Resource }: PolicyStatement): string {
  return `    user.addToPolicy(
      new iam.PolicyStatement({
        actions: ${list(Action)},
        resources: [${text(Resource)}],
      }),
    )`
}

const list = (values: readonly string[]) => `[${values.map(text).join(', ')}]`

const text = (value: string) => JSON.stringify(value)
