// Terraform's HCL, for the AWS provider 4 and newer.
import type { PolicyStatement } from '../policy.js'
import type { WantedRule } from '../settings/lifecycle-rules.js'
import type { BucketPlan } from './bucket-plan.js'

export function terraform({ bucket, cors, abort, expire, user, policy }: BucketPlan): string {
  return `resource "aws_s3_bucket" "uploads" {
  bucket = ${text(bucket)}
}

resource "aws_s3_bucket_public_access_block" "uploads" {
  bucket                  = aws_s3_bucket.uploads.id
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  cors_rule {
    id              = ${text(cors.ID)}
    allowed_origins = ${list(cors.AllowedOrigins)}
    allowed_methods = ${list(cors.AllowedMethods)}
    allowed_headers = ${list(cors.AllowedHeaders)}
    expose_headers  = ${list(cors.ExposeHeaders)}
    max_age_seconds = ${cors.MaxAgeSeconds}
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "uploads" {
  bucket = aws_s3_bucket.uploads.id

${rule(abort, 'abort_incomplete_multipart_upload', 'days_after_initiation')}${expire ? `\n\n${rule(expire, 'expiration', 'days')}` : ''}
}

resource "aws_iam_user" "uploads" {
  name = ${text(user)}
}

resource "aws_iam_user_policy" "uploads" {
  name = ${text(user)}
  user = aws_iam_user.uploads.name

  policy = jsonencode({
    Version = ${text(policy.Version)}
    Statement = [
${policy.Statement.map(statement).join('\n')}
    ]
  })
}
`
}

function rule({ id, prefix, days }: WantedRule, action: string, after: string): string {
  return `  rule {
    id     = ${text(id)}
    status = "Enabled"

    filter {
      prefix = ${text(prefix)}
    }

    ${action} {
      ${after} = ${days}
    }
  }`
}

function statement({ Effect, Action, Resource }: PolicyStatement): string {
  return `      {
        Effect   = ${text(Effect)}
        Action   = ${list(Action)}
        Resource = ${text(Resource)}
      },`
}

const list = (values: readonly string[]) => `[${values.map(text).join(', ')}]`

// In an HCL string, ${ and %{ start templates.
const text = (value: string) => JSON.stringify(value).replace(/[$%](?=\{)/g, '$&$&')
