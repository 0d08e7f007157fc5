// Each command as people and programs see it, on a real store.
import { randomUUID } from 'node:crypto'
import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { policy } from '@partway/server/bucket'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createBucket, openS3 } from '../../support/s3-under-test.js'
import { listContents } from '../s3-contents.js'
import { runCli, stubEnvironment } from './run-cli.js'

const s3 = await openS3()
const { client } = s3
beforeEach(() => stubEnvironment(s3.credentials))
afterAll(async () => {
  vi.unstubAllEnvs()
  await s3.close()
})

const endpoint = ['--endpoint', s3.endpoint]
const newName = () => `cli-${randomUUID()}`

describe('setup', () => {
  const args = (bucket: string, ...more: string[]) => [
    'setup',
    ...['--bucket', bucket, '--origin', 'https://app.example', ...endpoint],
    ...more,
  ]

  test('a person sees the plan, says yes, and sees what was done; then there is nothing to change', async () => {
    const bucket = newName()
    const first = await runCli(args(bucket), { typed: 'y\n' })
    expect(first).toMatchObject({ exitCode: 0, stderr: '' })
    expect(first.stdout).toMatch(/^create +bucket +"cli-.*" in us-east-1$/m)
    expect(first.stdout).toContain(`Do this to the bucket "${bucket}"? [y/N]`)
    expect(first.stdout).toMatch(/^created +cors +POST and PUT from https:\/\/app\.example$/m)
    expect(first.stdout).toMatch(/^skipped +encryption .*\n +→ /m)
    expect(first.stdout).toMatch(/The bucket is ready\.\n$/)
    const second = await runCli(args(bucket), { typed: '' })
    expect(second.stdout).toMatch(/There is nothing to change\.\n$/)
    expect(second.stdout).toMatch(/^unchanged +cors/m)
  })

  test.each([['n\n'], ['\n'], ['yeah\n']])('%j is a no: nothing is changed', async (typed) => {
    const bucket = newName()
    const { exitCode, stdout } = await runCli(args(bucket), { typed })
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/Nothing was changed\.\n$/)
    await expect(listContents(client, bucket)).rejects.toMatchObject({ name: 'NoSuchBucket' })
  })

  test.each([
    ['Ctrl-C', '\x03', 130],
    ['Ctrl-D', '\x04', 1],
  ])('%s at the question changes nothing', async (_, typed, exitCode) => {
    const bucket = newName()
    const run = await runCli(args(bucket), { typed, terminal: true })
    expect(run.exitCode).toBe(exitCode)
    expect(run.stdout).toMatch(/Nothing was changed\.\n$/)
    await expect(listContents(client, bucket)).rejects.toMatchObject({ name: 'NoSuchBucket' })
  })

  test('an interruption at the question is 130, and nothing is changed', async () => {
    const bucket = newName()
    const interruption = new AbortController()
    setImmediate(() => interruption.abort())
    const { exitCode } = await runCli(args(bucket), { typed: '', signal: interruption.signal })
    expect(exitCode).toBe(130)
    await expect(listContents(client, bucket)).rejects.toMatchObject({ name: 'NoSuchBucket' })
  })

  test('programs get the steps as JSON', async () => {
    const bucket = newName()
    const { exitCode, stdout, stderr } = await runCli(
      args(
        bucket,
        '--yes',
        '--json',
        '--prefix',
        'uploads/',
        '--lifecycle-days',
        '3',
        '--skip',
        'public-access',
        'lifecycle',
        'journal',
      ),
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const { steps, ...rest } = JSON.parse(stdout)
    expect(rest).toEqual({ bucket, dryRun: false })
    expect(steps.map(({ setting, state }: Record<string, string>) => `${setting} ${state}`)).toEqual([
      'bucket created',
      'encryption skipped',
      'cors created',
    ])
    const later = await runCli(
      args(bucket, '--yes', '--json', '--prefix', 'uploads/', '--lifecycle-days', '3'),
    )
    expect(JSON.parse(later.stdout).steps.slice(-2)).toEqual([
      {
        setting: 'lifecycle',
        state: 'created',
        detail: 'abort unfinished uploads below uploads/ after 3 days',
      },
      {
        setting: 'journal',
        state: 'created',
        detail: 'delete forgotten entries below .partway/ after 33 days',
      },
    ])
  })

  test("the journal's own bucket", async () => {
    const bucket = newName()
    const flags = ['--yes', '--json', '--skip', 'cors', 'lifecycle', '--journal-prefix', 'journal/']
    const { exitCode, stdout } = await runCli(['setup', '--bucket', bucket, ...endpoint, ...flags])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout).steps.at(-1)).toMatchObject({
      setting: 'journal',
      detail: 'delete forgotten entries below journal/ after 37 days',
    })
    const other = await runCli(args(newName(), '--yes', '--json', '--journal-bucket', bucket))
    expect(JSON.parse(other.stdout).steps.at(-1)).toMatchObject({ setting: 'lifecycle' })
  })

  test('a dry run shows the plan, asks nobody, and changes nothing', async () => {
    const bucket = newName()
    const people = await runCli(args(bucket, '--dry-run'))
    expect(people).toMatchObject({ exitCode: 0, stderr: '' })
    expect(people.stdout).toMatch(/^create +bucket/)
    expect(people.stdout).toMatch(/This was a dry run: nothing was changed\.\n$/)
    const { stdout } = await runCli(args(bucket, '--dry-run', '--json'))
    expect(JSON.parse(stdout)).toMatchObject({
      bucket,
      dryRun: true,
      steps: [{ state: 'create' }, {}, {}, {}, {}, {}],
    })
    await expect(listContents(client, bucket)).rejects.toMatchObject({ name: 'NoSuchBucket' })
  })

  test.each([[[]], [['--json']]])('with nobody to ask it refuses instead of waiting: %j', async (more) => {
    const bucket = newName()
    const { exitCode, stdout, stderr } = await runCli(args(bucket, ...more))
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toBe('error: there is nobody to ask. Add --yes, or --dry-run to see the plan.\n')
    await expect(listContents(client, bucket)).rejects.toMatchObject({ name: 'NoSuchBucket' })
  })

  test.each([['My_Media'], ['my..media'], ['192.168.1.1'], ['-media'], ['m'.repeat(64)]])(
    'a bucket cannot be called %s: so say the plan and the set-up',
    async (bucket) => {
      for (const run of [await runCli(args(bucket, '--dry-run')), await runCli(args(bucket, '--yes'))]) {
        expect(run).toMatchObject({ exitCode: 1, stderr: '' })
        expect(run.stdout).toContain(
          `"${bucket}" cannot be the name of a bucket. Choose one of 3 to 63 lower-case`,
        )
        expect(run.stdout).toMatch(/The bucket is not ready: see what failed\.\n$/)
      }
    },
  )

  test.skipIf(!s3.limited)('a step that fails is an exit code of 1, with the fix', async () => {
    if (s3.limited) stubEnvironment(s3.limited.credentials)
    const bucket = await createBucket(client)
    const { exitCode, stdout } = await runCli(args(bucket, '--yes'))
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /^failed +cors .*s3:GetBucketCORS.*\n +→ Allow s3:GetBucketCORS on arn:aws:s3:::test-/m,
    )
    expect(stdout).toMatch(/The bucket is not ready: see what failed\.\n$/)
  })
})

async function fill(): Promise<string> {
  const bucket = await createBucket(client)
  for (const key of ['a/1', 'a/2', 'b']) {
    const upload = { Bucket: bucket, Key: key }
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload))
    await client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'x'.repeat(2048) }))
  }
  return bucket
}

test('usage', async () => {
  const bucket = await fill()
  const people = await runCli(['usage', '--bucket', bucket, ...endpoint])
  expect(people).toMatchObject({ exitCode: 0, stderr: '' })
  const [head, ...rows] = people.stdout.split('\n')
  expect(head?.split(/ +/)).toEqual(['unfinished', 'uploads', 'size'])
  expect(rows.map((row) => row.replace(/ {2,}/g, '|')).slice(0, 5)).toEqual([
    'under 1 day|3|6 KiB',
    '1 to 7 days|0|0 B',
    '7 to 30 days|0|0 B',
    'over 30 days|0|0 B',
    'in all|3|6 KiB',
  ])
  const { stdout } = await runCli(['usage', '--bucket', bucket, '--prefix', 'a/', '--json', ...endpoint])
  expect(JSON.parse(stdout)).toMatchObject({ bucket, prefix: 'a/', uploads: 2, bytes: 4096 })
})

test('sweep: a dry run, what is too young, and for real with progress on a terminal', async () => {
  const bucket = await fill()
  const args = ['sweep', '--bucket', bucket, ...endpoint]
  const dry = await runCli([...args, '--older-than', '0s', '--dry-run'])
  expect(dry).toEqual({
    exitCode: 0,
    stdout: 'Would abort 3 unfinished uploads, 6 KiB. 0 younger ones would stay.\n',
    stderr: '',
  })
  const young = await runCli([...args, '--older-than', '7d', '--json'])
  expect(JSON.parse(young.stdout)).toEqual({
    bucket,
    prefix: '',
    dryRun: false,
    aborted: 0,
    bytes: 0,
    kept: 3,
    failures: [],
  })
  const real = await runCli([...args, '--older-than', '0s', '--prefix', 'a/'], { terminal: true })
  expect(real).toMatchObject({
    exitCode: 0,
    stdout: 'Aborted 2 unfinished uploads, 4 KiB. 0 younger ones stay.\n',
  })
  expect(real.stderr).toContain('Aborted 1 unfinished upload, 2 KiB…')
  // The line of progress is wiped before the result.
  expect(real.stderr.endsWith('\r\x1b[K')).toBe(true)
  expect((await listContents(client, bucket)).uploads).toEqual(['b'])
})

describe('policy asks no S3', () => {
  const args = ['policy', '--bucket', 'media']

  test('prints what IAM takes', async () => {
    const flags = ['--acl', '--prefix', 'up/', '--journal-bucket', 'entries', '--journal-prefix', 'up/']
    const { exitCode, stdout, stderr } = await runCli([...args, ...flags])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const journal = { bucket: 'entries', prefix: 'up/' }
    expect(JSON.parse(stdout)).toEqual(policy({ bucket: 'media', acl: true, prefix: 'up/', journal }))
  })

  test('prints what S3 takes as the policy of a bucket', async () => {
    const [principal, bucketOwner] = ['arn:aws:iam:::user/uploads', 'arn:aws:iam::tenant:user/admin']
    const flags = [
      '--bucket-policy',
      '--principal',
      principal,
      '--bucket-owner',
      bucketOwner,
      '--prefix',
      'up/',
    ]
    const { exitCode, stdout, stderr } = await runCli([...args, ...flags])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const rights = policy({ bucket: 'media', prefix: 'up/' }).Statement
    expect(JSON.parse(stdout)).toEqual({
      Version: '2012-10-17',
      Statement: [
        ...rights.map((statement) => ({ ...statement, Principal: { AWS: principal } })),
        ...['up/', '.partway/'].map((prefix) => ({
          Effect: 'Allow',
          Principal: { AWS: bucketOwner },
          Action: ['s3:*'],
          Resource: `arn:aws:s3:::media/${prefix}*`,
        })),
      ],
    })
  })

  test('explains each action, for people and programs', async () => {
    const people = await runCli([...args, '--sts', '--kms', 'arn:aws:kms:eu-west-1:1:key/k', '--explain'])
    expect(people.stdout).toMatch(/^arn:aws:s3:::media\/\*\n {2}s3:PutObject +Uploads: /)
    expect(people.stdout).toContain('\narn:aws:kms:eu-west-1:1:key/k\n  kms:GenerateDataKey ')
    const { stdout } = await runCli([...args, '--sts', 'arn:aws:iam::1:role/r', '--json'])
    const { policy: document, actions } = JSON.parse(stdout)
    expect(document).toEqual(policy({ bucket: 'media', sts: 'arn:aws:iam::1:role/r' }))
    expect(actions.at(-1)).toMatchObject({ action: 'sts:AssumeRole', resource: 'arn:aws:iam::1:role/r' })
  })

  test.each([
    ['terraform', 'resource "aws_s3_bucket" "uploads" {'],
    ['cloudformation', '"AWSTemplateFormatVersion": "2010-09-09"'],
  ])('as %s', async (format, expected) => {
    const more = ['--format', format, '--origin', 'https://app.example', '--lifecycle-days', '3']
    const people = await runCli([...args, ...more])
    expect(people).toMatchObject({ exitCode: 0, stderr: '' })
    expect(people.stdout).toContain(expected)
    const { stdout } = await runCli([...args, ...more, '--json'])
    expect(JSON.parse(stdout)).toEqual({ format, text: people.stdout })
  })
})
