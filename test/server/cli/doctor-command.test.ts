// `partway doctor` as people and programs see it.
import type { DoctorReport, Step } from '@partway/server/bucket'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { summarise } from '../../../server/cli/src/doctor-command.js'
import { delay, type SeenRequest, startFaultProxy } from '../../support/fault-proxy/index.js'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { createHealthyBucket, origin, stepOf } from '../bucket/doctor/set-up.js'
import { listAll } from '../s3-contents.js'
import { serve, serveApp, testOptions } from '../serve.js'
import { runCli, stubEnvironment } from './run-cli.js'

let s3: S3UnderTest
let bucket: string

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createHealthyBucket(s3)
})
afterAll(async () => {
  await s3.close()
})

/** Runs the command line with the account's credentials in the environment. */
async function partway(args: string[], signal?: AbortSignal) {
  stubEnvironment(s3.credentials)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { exitCode: code, stdout: out, stderr: err } = await runCli(args, { ...(signal && { signal }) })
  return { code, out, err }
}

const doctor = (...more: string[]) => [
  'doctor',
  '--bucket',
  bucket,
  '--origin',
  origin,
  '--endpoint',
  s3.endpoint,
  ...more,
]

test('a healthy bucket: a line for each step, and 0', async () => {
  const { code, out, err } = await partway(doctor())
  expect(err).toBe('')
  expect(code).toBe(0)
  const lines = out.split('\n')
  expect(lines).toContain("✓ clock                        this machine's clock agrees with S3's")
  expect(lines).toContain('✓ s3:ListMultipartUploadParts  allowed')
  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([])
  expect(lines.at(-2)).toMatch(/^The bucket works\. \d+ ok/)
})

test('a bucket that is not there: the fix below the step, the rest in one line, and 1', async () => {
  const { code, out } = await partway([
    'doctor',
    '--bucket',
    'nobodys',
    '--origin',
    origin,
    '--endpoint',
    s3.endpoint,
  ])
  expect(code).toBe(1)
  const lines = out.split('\n')
  const index = lines.indexOf('✗ bucket                       there is no bucket "nobodys" (NoSuchBucket)')
  expect(lines[index + 1]).toBe(
    `    Fix: npx partway setup --bucket nobodys --origin ${origin} --endpoint ${s3.endpoint}`,
  )
  expect(out).toMatch(/\n– not looked at, because of "bucket": s3:DeleteObject, .*, transfer speed\n/)
  expect(lines.at(-2)).toMatch(/^Not everything works\. 5 ok, 1 failed, \d+ skipped\.$/)
})

test('for programs: the report as one JSON document', async () => {
  const { code, out, err } = await partway(doctor('--json'))
  expect(code).toBe(0)
  expect(err).toBe('')
  const report = JSON.parse(out) as DoctorReport
  expect(report).toMatchObject({ ok: true, leftBehind: [] })
  expect(stepOf(report, 'bucket')).toEqual({ name: 'bucket', state: 'ok', seen: `"${bucket}" is there` })
})

test('with a running app', async () => {
  const app = await serveApp(testOptions(s3, bucket, { allowedOrigins: [origin] }))
  onTestFinished(() => app.close())
  const { code, out } = await partway(doctor('--app', `${app.origin}/uploads`, '--app-header', 'x-user: ada'))
  expect(code).toBe(0)
  expect(out).toContain(
    '✓ app sign-in                  strangers are refused (401 not_signed_in), and the given header signs in',
  )
  expect(out.split('\n').at(-2)).toMatch(/^Uploads work\. \d+ ok/)
})

test('an app that nobody is signed in to is not called working', async () => {
  const app = await serveApp(testOptions(s3, bucket, { allowedOrigins: [origin] }))
  onTestFinished(() => app.close())
  const { code, out } = await partway(doctor('--app', app.origin))
  expect(code).toBe(1)
  expect(out).toMatch(/^– app config +not shown \(not_signed_in\): sign in with --app-header/m)
  expect(out.split('\n').at(-2)).toMatch(/^Not everything was looked at\. \d+ ok/)
})

test('warnings are counted as one says it', () => {
  const warning = { name: 'a', state: 'warning', seen: '', fix: '' } as const
  const count = (...steps: Step[]) => summarise({ ok: true, steps, leftBehind: [] }).at(-1)
  expect(count(warning)).toBe('The bucket works. 1 warning.')
  expect(count(warning, { ...warning, name: 'b' })).toBe('The bucket works. 2 warnings.')
})

describe('wrong usage is 2', () => {
  test.for<[args: string[], message: string]>([
    [['doctor', '--origin', origin], "required option '--bucket <name>' not specified"],
    [['doctor', '--bucket', 'media'], "required option '--origin <origin>' not specified"],
    [['doctor', '--bucket', 'media', '--origin', `${origin}/`], 'must be an origin, which has no path'],
    [['doctor', '--bucket', 'media', '--origin', origin, '--app', 'uploads'], 'must be a URL such as'],
    [
      ['doctor', '--bucket', 'media', '--origin', origin, '--app-header', 'a-secret-token'],
      "like 'Name: value'",
    ],
  ])('%s', async ([args, message]) => {
    const { code, out, err } = await partway(args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(message)
    expect(err).not.toContain('a-secret-token')
  })
})

test('no secret is printed, whatever a server repeats', async () => {
  const headers: string[] = []
  const app = await serve((request, response) => {
    headers.push(request.headers.authorization ?? '')
    // As careless frameworks do, in debug mode.
    const { secretAccessKey } = s3.credentials
    response
      .writeHead(302, {
        location: `/login/${request.headers.authorization}/${secretAccessKey}?key=${secretAccessKey}`,
      })
      .end()
  })
  onTestFinished(() => app.close())
  const flags = ['--app', `${app.origin}/uploads`, '--app-header', 'Authorization: Bearer a-secret-token']
  for (const more of [flags, [...flags, '--json']]) {
    const { code, out, err } = await partway(doctor(...more))
    expect(code).toBe(1)
    expect(out).toContain('redirects (302) to /login/***/***')
    expect(out + err).not.toContain('a-secret-token')
    expect(out + err).not.toContain(s3.credentials.secretAccessKey)
    expect(out + err).not.toMatch(/X-Amz-Signature/i)
  }
  expect(headers).toContain('Bearer a-secret-token')
})

test('Ctrl-C: what was made is removed, and 130', async () => {
  const interruption = new AbortController()
  const proxy = await startFaultProxy({ target: s3.endpoint })
  onTestFinished(() => proxy.close())
  const isPart = ({ method, query }: SeenRequest) => method === 'PUT' && query.has('partNumber')
  proxy.add({ match: isPart, action: delay(() => interruption.abort()) })
  const args = ['doctor', '--bucket', bucket, '--origin', origin, '--endpoint', proxy.origin]
  const { code, out } = await partway(args, interruption.signal)
  expect(code).toBe(130)
  expect(out).toMatch(/✓ clean-up +removed \d+ objects and \d+ uploads/)
  expect(out).toContain('Not everything was looked at.')
  expect(await listAll(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
})
