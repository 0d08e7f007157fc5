// The commands for Ceph of docs/get-started.md, as written, on a Ceph: then the app's user can upload, and the bucket's owner read it.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { blocksIn } from '../../docs/blocks/read-blocks.js'
import { linesOfScript } from '../../docs/commands/command-lines.js'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { examine, expectFailed } from '../bucket/doctor/set-up.js'
import { runCli, stubEnvironment } from './run-cli.js'

const run = promisify(execFile)
const ceph = inject('ceph')
const bucket = 'my-media'
const origin = 'http://localhost:3000'

describe.skipIf(!ceph)('on Ceph (only there: the embedded store has no users and policies)', () => {
  let s3: S3UnderTest
  let folder: string
  /** Of the user that the commands make. */
  let credentials: S3UnderTest['credentials']
  let app: S3Client

  beforeAll(async () => {
    s3 = await openS3()
    folder = await mkdtemp(join(tmpdir(), 'partway-ceph-commands-'))
    stubEnvironment(s3.credentials)
    const page = await readFile(join(import.meta.dirname, '../../../docs/get-started.md'), 'utf8')
    const [, section = ''] = page.split('\n## Ceph\n')
    const [block] = blocksIn('docs/get-started.md', section)
    for (const { text } of linesOfScript(block?.text ?? '')) await runAsWritten(text)
    const { endpoint, region } = s3
    app = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    app?.destroy()
    await rm(folder, { recursive: true })
    await s3.close()
  })

  const runners: [RegExp, (found: string[]) => Promise<unknown>][] = [
    [/^export AWS_ENDPOINT_URL_S3=/, async () => vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint)],
    [
      /^npx partway ([^>]*?)(?: > (\S+))?$/,
      async ([, args = '', file]) => {
        const owned = args.replace('arn:aws:iam:::user/admin', ceph?.principal ?? '')
        const { exitCode, stdout, stderr } = await runCli(owned.split(' '), { typed: 'y\n' })
        expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 0, stderr: '' })
        if (file) await writeFile(join(folder, file), stdout)
      },
    ],
    [
      /^radosgw-admin (.+)$/,
      async ([, args = '']) => {
        const env = { ...process.env, CEPH_CONF: ceph?.configuration }
        const { keys } = JSON.parse((await run('radosgw-admin', args.split(' '), { env })).stdout)
        credentials = { accessKeyId: keys[0].access_key, secretAccessKey: keys[0].secret_key }
      },
    ],
    [
      /^aws s3api put-bucket-policy --bucket (\S+) --policy file:\/\/(\S+)$/,
      async ([, Bucket, file = '']) => {
        const Policy = await readFile(join(folder, file), 'utf8')
        await s3.client.send(new PutBucketPolicyCommand({ Bucket, Policy }))
      },
    ],
  ]

  async function runAsWritten(line: string): Promise<void> {
    const [pattern, runner] = runners.find(([pattern]) => pattern.test(line)) ?? []
    if (!pattern || !runner) throw new Error(`Nobody runs "${line}"`)
    await runner([...(pattern.exec(line) ?? [])])
  }

  test("uploads work with the app's user", async () => {
    const report = await examine(s3, bucket, { origin, credentials })
    expectFailed(report, [])
    expect(report.ok).toBe(true)
  })

  test('who may do no more: no other bucket, and none of its own', async () => {
    const create = new CreateBucketCommand({ Bucket: `${bucket}-2` })
    await expect(app.send(create)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } })
  })

  test("the bucket's owner can read what it uploaded", async () => {
    const object = { Bucket: bucket, Key: 'object' }
    await app.send(new PutObjectCommand({ ...object, Body: 'content' }))
    const { Body } = await s3.client.send(new GetObjectCommand(object))
    expect(await Body?.transformToString()).toBe('content')
  })
})
