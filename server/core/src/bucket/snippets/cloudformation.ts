// An AWS CloudFormation template, as JSON.
import type { WantedRule } from '../settings/lifecycle-rules.js'
import type { BucketPlan } from './bucket-plan.js'

export function cloudFormation(plan: BucketPlan): string {
  return `${JSON.stringify(template(plan), undefined, 2)}\n`
}

function template({ bucket, cors, abort, expire, user, policy }: BucketPlan) {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The bucket that browsers upload to, and the user that Partway signs with',
    Resources: {
      Uploads: {
        Type: 'AWS::S3::Bucket',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          BucketName: bucket,
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            IgnorePublicAcls: true,
            BlockPublicPolicy: true,
            RestrictPublicBuckets: true,
          },
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
            ],
          },
          CorsConfiguration: {
            CorsRules: [
              {
                Id: cors.ID,
                AllowedOrigins: cors.AllowedOrigins,
                AllowedMethods: cors.AllowedMethods,
                AllowedHeaders: cors.AllowedHeaders,
                ExposedHeaders: cors.ExposeHeaders,
                MaxAge: cors.MaxAgeSeconds,
              },
            ],
          },
          LifecycleConfiguration: {
            Rules: [
              {
                ...describeRule(abort),
                AbortIncompleteMultipartUpload: { DaysAfterInitiation: abort.days },
              },
              ...(expire ? [{ ...describeRule(expire), ExpirationInDays: expire.days }] : []),
            ],
          },
        },
      },
      Uploader: {
        Type: 'AWS::IAM::User',
        Properties: {
          UserName: user,
          Policies: [{ PolicyName: user, PolicyDocument: policy }],
        },
      },
    },
  }
}

function describeRule({ id, prefix }: WantedRule) {
  return { Id: id, Status: 'Enabled', ...(prefix !== '' && { Prefix: prefix }) }
}
