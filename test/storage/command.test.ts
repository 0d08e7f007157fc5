// The store's command line, as others start it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningProcess, startProcess } from '../support/start-process.js'
import { sendTo, signRequest } from './signed-request.js'

const program = join(import.meta.dirname, '../../demo/storage/dist/main.js')
const keys = { AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'own-secret' }

let folder: string
let started: RunningProcess[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partway-command-'))
  started = []
})
afterEach(async () => {
  for (const process of started) await process.end()
  await rm(folder, { recursive: true, force: true })
})

function start(args: string[], environment: Record<string, string> = {}): RunningProcess {
  const env = { PATH: process.env.PATH, ...environment }
  const running = startProcess('node', [program, ...args], { cwd: folder, env })
  started.push(running)
  return running
}

async function printed(pattern: RegExp, running: RunningProcess): Promise<string> {
  const [, found = ''] = await running.untilPrinted(pattern)
  return found
}

/** What it says before it ends by itself. */
async function complaint(args: string[], environment?: Record<string, string>): Promise<string> {
  const running = start(args, environment)
  return running.untilPrinted(/(?!)/).then(
    () => '',
    (error: Error) => error.message,
  )
}

function connect(endpoint: string, accessKeyId: string, secretAccessKey: string, sessionToken?: string) {
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
  return new S3Client({ endpoint, region: 'eu-north-1', credentials, forcePathStyle: true })
}

const Bucket = 'media'
const flags = ['--data', 'data', '--port', '0', '--region', 'eu-north-1']

test('it makes up keys, prints them, and keeps what it has over a restart', async () => {
  for (const isFirst of [true, false]) {
    const store = start(flags)
    const endpoint = await printed(/AWS_ENDPOINT_URL_S3=(\S+)/, store)
    const accessKeyId = await printed(/AWS_ACCESS_KEY_ID=(\S+)/, store)
    const secretAccessKey = await printed(/AWS_SECRET_ACCESS_KEY=(\S+)/, store)
    const client = connect(endpoint, accessKeyId, secretAccessKey)
    if (isFirst) {
      await client.send(new CreateBucketCommand({ Bucket }))
      await client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'body' }))
    } else {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'key' }))
      expect(await Body?.transformToString()).toBe('body')
    }
    client.destroy()
    await store.end()
  }
})

test('it takes the keys of the environment, and does not print them', async () => {
  const store = start(flags, { ...keys, AWS_SESSION_TOKEN: 'token' })
  const endpoint = await printed(/^S3: (\S+),/m, store)
  const client = connect(endpoint, 'own', 'own-secret', 'token')
  await client.send(new CreateBucketCommand({ Bucket }))
  client.destroy()
  expect(store.output()).not.toContain('own-secret')
})

test('--domain is a host that buckets are below', async () => {
  const store = start([...flags, '--domain', 'S3.example', '--domain', 's3.test'], keys)
  const endpoint = await printed(/^S3: (\S+),/m, store)
  const s3 = {
    endpoint,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'own', secretAccessKey: 'own-secret' },
  }
  for (const host of ['media.s3.example', 'media.s3.test:80']) {
    const request = { method: 'GET', path: '/', host, payloadHash: 'UNSIGNED-PAYLOAD' }
    const { headers } = signRequest(s3, request)
    expect(await sendTo(s3, 'GET', '/', headers)).toMatchObject({ code: 'NoSuchBucket' })
  }
})

test('a second store on the folder is refused', async () => {
  await printed(/^S3: (\S+),/m, start(flags))
  expect(await complaint(flags)).toContain('uses data. Stop it, or choose another folder.')
})

test.each<[string, string[], Record<string, string>]>([
  ['Usage: partway-store --data FOLDER', [], {}],
  ['Usage: partway-store --data FOLDER', ['--data', 'data', '--prot', '9000'], {}],
  ['--port is "x"', ['--data', 'data', '--port', 'x'], {}],
  ['--port is "70000"', ['--data', 'data', '--port', '70000'], {}],
  ['go together', flags, { AWS_ACCESS_KEY_ID: 'own' }],
])('%s: %s', async (sentence, args, environment) => {
  const said = await complaint(args, environment)
  expect(said).toContain(sentence)
  expect(said).not.toContain('    at ')
})
