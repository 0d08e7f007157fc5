// The bucket as infrastructure code: read as the tools read it, it says what setup and policy do.
import { parse } from '@cdktf/hcl2json'
import { policy, type SnippetOptions, snippet } from '@partway/server/bucket'
import { expect, test } from 'vitest'
import { corsRule } from '../../../../server/core/src/bucket/settings/cors.js'

const options: SnippetOptions = {
  bucket: 'media',
  prefix: 'uploads/',
  origins: ['https://app.example', 'http://localhost:3000'],
  lifecycleDays: 3,
}
const { origins, lifecycleDays: _, ...policyOptions } = options
const document = policy(policyOptions)

test('CloudFormation', () => {
  const { Resources } = JSON.parse(snippet('cloudformation', options))
  const { Properties } = Resources.Uploads
  const { ExposeHeaders, ID, MaxAgeSeconds, ...cors } = corsRule(origins, 'uploads/')
  expect(Properties).toMatchObject({
    BucketName: 'media',
    CorsConfiguration: {
      CorsRules: [{ ...cors, Id: ID, ExposedHeaders: ExposeHeaders, MaxAge: MaxAgeSeconds }],
    },
    LifecycleConfiguration: {
      Rules: [
        {
          Id: 'partway uploads/',
          Prefix: 'uploads/',
          Status: 'Enabled',
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
        },
        {
          Id: 'partway journal .partway/',
          Prefix: '.partway/',
          Status: 'Enabled',
          ExpirationInDays: 33,
        },
      ],
    },
  })
  expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true])
  expect(Resources.Uploader.Properties.Policies[0].PolicyDocument).toEqual(document)
})

test('Terraform, read by its own parser', async () => {
  const { resource } = await parse('uploads.tf', snippet('terraform', options))
  const { ExposeHeaders, ID, MaxAgeSeconds, AllowedOrigins, AllowedMethods, AllowedHeaders } = corsRule(
    origins,
    'uploads/',
  )
  expect(resource.aws_s3_bucket.uploads).toEqual([{ bucket: 'media' }])
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference in HCL
  const bucket = '${aws_s3_bucket.uploads.id}'
  expect(resource.aws_s3_bucket_cors_configuration.uploads).toEqual([
    {
      bucket,
      cors_rule: [
        {
          id: ID,
          allowed_origins: AllowedOrigins,
          allowed_methods: AllowedMethods,
          allowed_headers: AllowedHeaders,
          expose_headers: ExposeHeaders,
          max_age_seconds: MaxAgeSeconds,
        },
      ],
    },
  ])
  expect(resource.aws_s3_bucket_lifecycle_configuration.uploads).toEqual([
    {
      bucket,
      rule: [
        {
          id: 'partway uploads/',
          status: 'Enabled',
          filter: [{ prefix: 'uploads/' }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 3 }],
        },
        {
          id: 'partway journal .partway/',
          status: 'Enabled',
          filter: [{ prefix: '.partway/' }],
          expiration: [{ days: 33 }],
        },
      ],
    },
  ])
  const [{ policy: written }] = resource.aws_iam_user_policy.uploads
  const asJson = written
    .replace(/^\$\{jsonencode\((.*)\)\}$/s, '$1')
    .replace(/^(\s*)(\w+)\s+=/gm, '$1"$2":')
    .replace(/([\]"])\n(\s+")/g, '$1,\n$2')
    .replace(/,(\s*[\]}])/g, '$1')
  expect(JSON.parse(asJson)).toEqual(document)
})

test('nothing in an origin is taken for a template of Terraform', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what an attacker might write
  const odd = 'https://${file}.example'
  const text = snippet('terraform', { ...options, origins: [odd] })
  expect(text).toContain('"https://$${file}.example"')
  await expect(parse('uploads.tf', text)).resolves.toBeDefined()
})

test.each(['cloudformation', 'terraform'] as const)("%s: a journal's own bucket has its rule", (format) => {
  expect(snippet(format, { ...options, journal: { bucket: 'journal' } })).not.toMatch(/expiration/i)
})

test("a user's name is never too long for IAM", () => {
  const { Resources } = JSON.parse(snippet('cloudformation', { ...options, bucket: 'b'.repeat(63) }))
  expect(Resources.Uploader.Properties.UserName).toHaveLength(64)
})

test.each([
  [{ origins: [] }, 'snippet(): option origins: '],
  [{ origins: ['app.example'] }, 'snippet(): option origins.0: must be an origin'],
  [{ lifecycleDays: 0 }, 'snippet(): option lifecycleDays: '],
  [{ kms: 'x' }, 'policy(): option kms: must be the ARN of a key'],
])('misused options: %j', (wrong, message) => {
  expect(() => snippet('terraform', { ...options, ...wrong })).toThrow(message)
})
