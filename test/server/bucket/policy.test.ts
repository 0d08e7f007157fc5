// The least-privilege policy: what docs/bucket.md shows, and what each option adds. That it is enough and not too much is
// shown on Ceph by s3/least-privilege.test.ts.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bucketPolicy, explainPolicy, type PolicyOptions, policy } from '@partway/server/bucket'
import { expect, test } from 'vitest'
import { corsRule } from '../../../server/core/src/bucket/settings/cors.js'

const page = await readFile(join(import.meta.dirname, '../../../docs/bucket.md'), 'utf8')
const [, permissions = ''] = page.split('\n## Permissions\n')
const all = { bucket: 'media', acl: true, tags: true } as const

test("the page's policy is this one", () => {
  const [, json = ''] = /```json\n(.*?)\n```/s.exec(permissions) ?? []
  expect(JSON.parse(json)).toEqual(policy({ bucket: 'media' }))
})

test("the page's table says of each action what this says", () => {
  const keys = explainPolicy({ ...all, kms: 'arn:aws:kms:eu-west-1:1:key/k' })
  const roles = ['arn:aws:iam::1:role/uploads', true].flatMap((sts) =>
    explainPolicy({ bucket: 'media', sts }),
  )
  const rows = [...keys, ...roles.filter(({ action }) => action.startsWith('sts:'))]
  const [section = ''] = permissions.split('\n## ')
  const documented = section.split('\n').filter((line) => /^\| `\w+:/.test(line))
  expect(documented).toEqual(rows.map(({ action, use }) => `| \`${action}\` | ${use} |`))
})

test("the page's CORS rule is the one that setup makes", () => {
  const [, section = ''] = page.split('\n## CORS\n')
  const [, json = ''] = /```json\n(.*?)\n```/s.exec(section) ?? []
  const { ID, ...rule } = corsRule(['https://www.example.com'], '')
  expect(JSON.parse(json)).toEqual([rule])
})

const actionsOf = (options: Omit<PolicyOptions, 'bucket'>) =>
  policy({ bucket: 'media', ...options }).Statement.flatMap(({ Action, Resource }) =>
    Action.map((action) => `${action} ${Resource}`),
  )
const least = actionsOf({})
const entries = (below: string) =>
  ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'].map((action) => `${action} arn:aws:s3:::${below}*`)

test.each<[Omit<PolicyOptions, 'bucket'>, string[]]>([
  [{ journal: { prefix: 'a/journal/' } }, []],
  [
    { journal: { bucket: 'journal' } },
    [...entries('journal/.partway/'), 's3:ListBucket arn:aws:s3:::journal'],
  ],
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

test.each<[Omit<PolicyOptions, 'bucket'>, string[]]>([
  [{ prefix: 'uploads/' }, ['media/uploads/*', 'media', 'media/.partway/*']],
  [{ prefix: 'uploads/', journal: { prefix: 'uploads/journal/' } }, ['media/uploads/*', 'media']],
  [
    { prefix: 'uploads/', journal: { bucket: 'journal', prefix: 'uploads/' } },
    ['media/uploads/*', 'media', 'journal/uploads/*', 'journal'],
  ],
])('a prefix bounds what is done with objects and entries: %j', (options, resources) => {
  const { Statement } = policy({ bucket: 'media', ...options })
  expect(Statement.map(({ Resource }) => Resource)).toEqual(resources.map((name) => `arn:aws:s3:::${name}`))
})

test('below the prefix of the journal alone, entries are read, written and deleted, and no more', () => {
  expect(actionsOf({ prefix: 'uploads/' }).filter((right) => right.includes('.partway'))).toEqual(
    entries('media/.partway/'),
  )
})

test("a bucket policy says nothing of the journal's own bucket, and leaves the owner what is written", () => {
  const [principal, bucketOwner] = ['arn:aws:iam:::user/uploads', 'arn:aws:iam:::user/admin']
  const written = (journal: PolicyOptions['journal'] = {}) =>
    bucketPolicy({ bucket: 'media', prefix: 'uploads/', principal, bucketOwner, journal }).Statement.map(
      ({ Principal, Resource }) => `${Principal.AWS} ${Resource}`,
    )
  const elsewhere = [
    `${principal} arn:aws:s3:::media/uploads/*`,
    `${principal} arn:aws:s3:::media`,
    `${bucketOwner} arn:aws:s3:::media/uploads/*`,
  ]
  expect(written({ bucket: 'journal' })).toEqual(elsewhere)
  expect(written().toSorted()).toEqual(
    [
      ...elsewhere,
      `${principal} arn:aws:s3:::media/.partway/*`,
      `${bucketOwner} arn:aws:s3:::media/.partway/*`,
    ].toSorted(),
  )
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
  [
    { bucket: 'media', journal: { bucket: 'a/*' } },
    'policy(): option journal.bucket: must be the name of a bucket, got "a/*"',
  ],
  ...['', '/', 'a', '/a/', 'a*/', 'a//b'].map((prefix): [object, string] => [
    { bucket: 'media', journal: { prefix } },
    'policy(): option journal.prefix: must have letters, digits and !_./- only, no slash at its start',
  ]),
])('misused options: %j', (options, message) => {
  expect(() => policy(options as PolicyOptions)).toThrow(message)
})
