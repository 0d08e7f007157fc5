// The least-privilege policy: what the README shows, and what each option adds. That it is enough and not too much is
// shown on Ceph by s3/least-privilege.test.ts.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { explainPolicy, type PolicyOptions, policy } from '@partway/koa/bucket'
import { expect, test } from 'vitest'
import { corsRule } from '../../../server/src/bucket/settings/cors.js'

const readme = await readFile(join(import.meta.dirname, '../../../server/README.md'), 'utf8')
const [, permissions = ''] = readme.split('\n## Permissions\n')
const all = { bucket: 'media', unfinished: true, acl: true, tags: true } as const

test("the README's policy is this one", () => {
  const [, json = ''] = /```json\n(.*?)\n```/s.exec(permissions) ?? []
  expect(JSON.parse(json)).toEqual(policy({ bucket: 'media', unfinished: true }))
})

test("the README's table says of each action what this says", () => {
  const keys = explainPolicy({ ...all, kms: 'arn:aws:kms:eu-west-1:1:key/k' })
  const roles = ['arn:aws:iam::1:role/uploads', true].flatMap((sts) =>
    explainPolicy({ bucket: 'media', sts }),
  )
  const rows = [...keys, ...roles.filter(({ action }) => action.startsWith('sts:'))]
  const [section = ''] = permissions.split('\n## ')
  const documented = section.split('\n').filter((line) => /^\| `\w+:/.test(line))
  expect(documented).toEqual(rows.map(({ action, use }) => `| \`${action}\` | ${use} |`))
})

test("the README's CORS rule is the one that setup makes", () => {
  const [, section = ''] = readme.split('\n## CORS of the bucket\n')
  const [, json = ''] = /```json\n(.*?)\n```/s.exec(section) ?? []
  const { ID, ...rule } = corsRule(['https://www.example.com'], '')
  expect(JSON.parse(json)).toEqual([rule])
})

const actionsOf = (options: Omit<PolicyOptions, 'bucket'>) =>
  policy({ bucket: 'media', ...options }).Statement.flatMap(({ Action, Resource }) =>
    Action.map((action) => `${action} ${Resource}`),
  )
const least = actionsOf({})

test.each<[Omit<PolicyOptions, 'bucket'>, string[]]>([
  [{ unfinished: true }, ['s3:ListBucketMultipartUploads arn:aws:s3:::media']],
  [{ acl: true }, ['s3:PutObjectAcl arn:aws:s3:::media/*']],
  [{ tags: true }, ['s3:PutObjectTagging arn:aws:s3:::media/*']],
  [
    { kms: 'arn:aws:kms:eu-west-1:123456789012:key/abc-1' },
    [
      'kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/abc-1',
      'kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/abc-1',
    ],
  ],
  [
    { sts: 'arn:aws:iam::123456789012:role/uploads' },
    ['sts:AssumeRole arn:aws:iam::123456789012:role/uploads'],
  ],
  [{ sts: true }, ['sts:GetFederationToken arn:aws:sts::*:federated-user/*']],
])('%j adds what it needs, and no more', (options, added) => {
  expect(actionsOf(options).toSorted()).toEqual([...least, ...added].toSorted())
})

test('a prefix bounds what is done with objects', () => {
  expect(policy({ bucket: 'media', prefix: 'uploads/' }).Statement.map(({ Resource }) => Resource)).toEqual([
    'arn:aws:s3:::media/uploads/*',
    'arn:aws:s3:::media',
  ])
})

test.each([
  ['eu-west-1', 'aws'],
  ['us-east-2', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-east-1', 'aws-us-gov'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
  ['eusc-de-east-1', 'aws-eusc'],
])('ARNs of %s begin with arn:%s', (region, partition) => {
  const { Statement } = policy({ bucket: 'media', region, sts: true })
  expect(Statement.map(({ Resource }) => Resource)).toEqual([
    `arn:${partition}:s3:::media/*`,
    `arn:${partition}:s3:::media`,
    `arn:${partition}:sts::*:federated-user/*`,
  ])
})

test.each([
  [{ bucket: 'media/*' }, 'policy(): option bucket: must be the name of a bucket, got "media/*"'],
  [
    { bucket: 'media', prefix: 'a*' },
    'policy(): option prefix: may hold letters, digits and !_./- only, got "a*"',
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of policies
  [{ bucket: 'media', prefix: '${aws:username}/' }, 'policy(): option prefix: '],
  [{ bucket: 'media', kms: '*' }, 'policy(): option kms: must be the ARN of a key (arn:…:key/…)'],
  [
    { bucket: 'media', kms: 'arn:aws:kms:eu-west-1:123456789012:alias/media' },
    'grants nothing in a policy: give the KeyMetadata.Arn that aws kms describe-key --key-id <alias> shows, got "arn:aws:kms:eu-west-1:123456789012:alias/media"',
  ],
  [{ bucket: 'media', sts: '*' }, 'policy(): option sts: must be true or the ARN of a role, got "*"'],
  [{ bucket: 'media', sts: true, unfinished: true }, 'policy(): option unfinished: must be false with sts'],
])('misused options: %j', (options, message) => {
  expect(() => policy(options as PolicyOptions)).toThrow(message)
})
