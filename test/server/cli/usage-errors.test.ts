// What the command line says when something is wrong: with what was typed, with S3, with the credentials.
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ConnectionFlags, createCliClient } from '../../../server/cli/src/bucket-command.js'
import { resolveBucketEndpoint } from '../../../server/core/src/s3/bucket-endpoint.js'
import { freePort } from '../../support/free-port.js'
import { BARE, fault, SECRET, type StoreStub, startStub } from '../bucket/store-stub.js'
import { runCli, stubEnvironment } from './run-cli.js'

let stub: StoreStub | undefined
beforeEach(() => stubEnvironment({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET }))
afterEach(() => stub?.close())
afterAll(() => vi.unstubAllEnvs())

const commands = {
  setup: ['setup', '--bucket', 'media', '--origin', 'https://app.example', '--yes'],
  sweep: ['sweep', '--bucket', 'media', '--older-than', '1d'],
  usage: ['usage', '--bucket', 'media'],
}

test.each<[string[], string]>([
  [['usage'], "error: required option '--bucket <name>' not specified\n"],
  [['usage', '--bucket', 'media', '--wrong'], "error: unknown option '--wrong'\n"],
  [
    ['usage', 'media', '--bucket', 'media'],
    "error: too many arguments for 'usage'. Expected 0 arguments but got 1.\n",
  ],
  [['usages'], "error: unknown command 'usages'\n(Did you mean usage?)\n"],
  [['usage', '--bucket', 'a b'], 'error: option bucket: must be the name of a bucket, got "a b"\n'],
  ...['setup', 'sweep', 'usage', 'policy', 'doctor'].flatMap((command): [string[], string][] => {
    const rest =
      {
        setup: ['--origin', 'https://a.example', '--yes'],
        sweep: ['--older-than', '1d'],
        doctor: ['--origin', 'https://a.example'],
      }[command] ?? []
    return [
      [
        [command, '--bucket', 'm--use1-az4--x-s3', ...rest],
        'error: option bucket: must not be a directory bucket',
      ],
      [
        [command, '--bucket', 'arn:aws:s3::1:accesspoint/m.mrap', ...rest],
        'error: option bucket: must not be a Multi-Region Access Point',
      ],
    ]
  }),
  [[...commands.usage, '--endpoint', 'localhost:9000'], 'It must be a URL such as http://127.0.0.1:9000.\n'],
  [['setup', '--bucket', 'media', '--yes'], "error: required option '--origin <origin>' not specified\n"],
  [
    ['setup', '--bucket', 'media', '--origin', 'https://app.example/'],
    'It must be an origin, which has no path',
  ],
  [[...commands.setup, '--lifecycle-days', '0'], 'It must be a number of days from 1 to 3650.\n'],
  [[...commands.setup, '--prefix', '/uploads'], 'error: option prefix: '],
  [['sweep', '--bucket', 'media'], "error: required option '--older-than <duration>' not specified\n"],
  [
    ['sweep', '--bucket', 'media', '--older-than', '7'],
    'It must be a whole number with s, m, h, d or w behind it',
  ],
  [
    ['sweep', '--bucket', 'media', '--older-than', '-7d'],
    'It must be a whole number with s, m, h, d or w behind it',
  ],
  [
    ['policy', '--bucket', 'media', '--format', 'yaml'],
    'Allowed choices are json, terraform, cloudformation.\n',
  ],
  [
    ['policy', '--bucket', 'media', '--format', 'terraform'],
    'error: --format terraform needs --origin, for CORS\n',
  ],
  [
    ['policy', '--bucket', 'media', '--format', 'terraform', '--origin', 'https://a.example', '--explain'],
    'error: --explain goes with --format json\n',
  ],
  [['policy', '--bucket', 'media', '--bucket-policy'], 'error: --bucket-policy needs --principal\n'],
  [
    ['policy', '--bucket', 'media', '--principal', 'arn:aws:iam:::user/uploads'],
    'error: --principal and --bucket-owner go with --bucket-policy\n',
  ],
  [
    ['policy', '--bucket', 'media', '--bucket-policy', '--principal', '*'],
    'error: option principal: must be the ARN of a user or a role, got "*"\n',
  ],
  [
    ['policy', '--bucket', 'media', '--bucket-policy', '--principal', 'arn:aws:iam:::user/uploads', '--sts'],
    "error: option '--bucket-policy' cannot be used with option '--sts [role]'\n",
  ],
  [
    ['policy', '--bucket', 'media', '--journal-prefix', 'journal'],
    'error: option journal.prefix: must have letters, digits',
  ],
])('wrong usage: %j', async (args, message) => {
  const { exitCode, stdout, stderr } = await runCli(args)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain(message)
})

test('without a command it shows its help, as wrong usage', async () => {
  const { exitCode, stderr } = await runCli([])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('Usage: partway [options] [command]')
})

test.each(['setup', 'policy', 'sweep', 'usage'])('%s --help has examples', async (command) => {
  const { exitCode, stdout, stderr } = await runCli([command, '--help'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toContain(`Usage: partway ${command} [options]`)
  expect(stdout).toContain(`Examples:\n  partway ${command} --bucket media`)
})

test('--help lists the commands and the exit codes', async () => {
  const { exitCode, stdout } = await runCli(['--help'])
  expect(exitCode).toBe(0)
  for (const command of ['setup', 'policy', 'sweep', 'usage'])
    expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
  expect(stdout).toContain(
    'Exit codes: 0 fine, 1 something failed or you said no, 2 wrong usage, 130 interrupted.',
  )
})

const failures = {
  access_denied: fault(403, 'AccessDenied'),
  invalid_credentials: fault(403, 'SignatureDoesNotMatch'),
  no_such_bucket: fault(404, 'NoSuchBucket'),
  not_s3: { status: 200, body: '<html><br></html>' },
} as const

test.each(Object.entries(failures))(
  '%s: a sentence for people, JSON for programs, no secret',
  async (code, reply) => {
    stub = await startStub({ 'GET uploads': reply })
    const endpoint = ['--endpoint', stub.origin]
    for (const args of [commands.usage, commands.sweep]) {
      const people = await runCli([...args, ...endpoint])
      expect(people).toMatchObject({ exitCode: 1, stdout: '' })
      expect(people.stderr).toMatch(new RegExp(`^Error: .*\\. \\[${code}\\]\n$`))
      const programs = await runCli([...args, ...endpoint, '--json'])
      expect(programs).toMatchObject({ exitCode: 1, stderr: '' })
      expect(JSON.parse(programs.stdout)).toMatchObject({ error: { code, message: expect.any(String) } })
      expect(inspect([people, programs])).not.toContain(SECRET)
    }
  },
)

test.each(Object.values(commands).map((args) => [args]))('nobody listens: %j', async (args) => {
  const run = await runCli([...args, '--endpoint', `http://127.0.0.1:${await freePort()}`])
  expect(run).toMatchObject({ exitCode: 1, stdout: '' })
  expect(run.stderr).toContain('S3 cannot be reached (ECONNREFUSED). Check the endpoint and the network.')
  expect(run.stderr).not.toContain(SECRET)
})

test('no credentials, and no region', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
  const endpoint = ['--endpoint', `http://127.0.0.1:${await freePort()}`]
  expect((await runCli([...commands.usage, ...endpoint])).stderr).toContain('[no_credentials]')
  expect((await runCli(commands.usage)).stderr).toBe(
    'Error: No region is configured. Give one, or set AWS_REGION; for a store other than AWS, give its URL as well ' +
      '(--endpoint, AWS_ENDPOINT_URL_S3). [no_region]\n',
  )
})

test('one upload that cannot be aborted is named, and makes the exit code 1', async () => {
  stub = await startStub({
    'GET uploads': {
      status: 200,
      body: '<R><Upload><Key>a\n</Key><UploadId>id</UploadId><Initiated>2020-01-01T00:00:00Z</Initiated></Upload></R>',
    },
    'DELETE uploadId': failures.access_denied,
  })
  const run = await runCli([...commands.sweep, '--endpoint', stub.origin])
  expect(run.exitCode).toBe(1)
  expect(run.stdout).toMatch(/^failed {2}"a\\n": The credentials may not do s3:AbortMultipartUpload/)
  expect(run.stdout).toMatch(/Aborted 0 unfinished uploads, 0 B; 1 failed\. 0 younger ones stay\.\n$/)
})

test('Ctrl-C in the middle is 130, and says nothing', async () => {
  const interruption = new AbortController()
  stub = await startStub({
    'GET uploads': () => {
      interruption.abort()
      return { status: 200, body: '<R/>' }
    },
  })
  const run = await runCli([...commands.usage, '--endpoint', stub.origin], { signal: interruption.signal })
  expect(run).toEqual({ exitCode: 130, stdout: '', stderr: '' })
})

test('the region and the style of URLs are what the flags and the environment say', async () => {
  const look = async (flags: Partial<ConnectionFlags>) => {
    const { hostname, basePath, signingRegion } = await resolveBucketEndpoint(
      createCliClient({ bucket: 'media', ...flags }),
      'media',
    )
    return `${hostname}${basePath} ${signingRegion}`
  }
  const endpoint = 'https://s3.example'
  expect(await look({ region: 'eu-west-1' })).toBe('media.s3.eu-west-1.amazonaws.com eu-west-1')
  expect(await look({ endpoint })).toBe('s3.example/media us-east-1')
  expect(await look({ endpoint, pathStyle: false, region: 'auto' })).toBe('media.s3.example auto')
  vi.stubEnv('AWS_REGION', 'eu-west-3')
  expect(await look({})).toBe('media.s3.eu-west-3.amazonaws.com eu-west-3')
  expect(await look({ endpoint })).toBe('s3.example/media eu-west-3')
})

test('the endpoint can come from the environment', async () => {
  stub = await startStub({ 'GET uploads': { status: 200, body: '<R/>' } })
  vi.stubEnv('AWS_ENDPOINT_URL_S3', stub.origin)
  expect(await runCli(commands.usage)).toMatchObject({ exitCode: 0, stderr: '' })
})

test('a mistake of ours is thrown, with its stack', async () => {
  stub = await startStub(BARE)
  const broken = new Proxy(process.stdout, {
    get: () => {
      throw new RangeError('ours')
    },
  })
  const { run } = await import('../../../server/cli/src/program.js')
  const { stdin, stderr } = process
  const signal = new AbortController().signal
  await expect(
    run([...commands.usage, '--endpoint', stub.origin], { stdin, stdout: broken, stderr, signal }),
  ).rejects.toThrow('ours')
})
