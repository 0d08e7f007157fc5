// The bin as a process: what npm puts on the PATH.
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { createBucket, openS3 } from '../../support/s3-under-test.js'
import { serve } from '../serve.js'

const server = join(import.meta.dirname, '../../../server/cli')
const { bin, version } = JSON.parse(await readFile(join(server, 'package.json'), 'utf8'))
const main = join(server, bin.partway)

const s3 = await openS3()
afterAll(() => s3.close())

function start(args: string[]) {
  const { PATH, NO_COLOR = '1' } = process.env
  const { accessKeyId, secretAccessKey } = s3.credentials
  const env = { PATH, NO_COLOR, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const output = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return {
    child,
    end: output.then(([stdout, stderr, [exitCode]]) => ({ exitCode, stdout, stderr })),
  }
}

test('prints JSON and nothing else', async () => {
  const bucket = await createBucket(s3.client)
  const { exitCode, stdout, stderr } = await start([
    ...['usage', '--bucket', bucket, '--endpoint', s3.endpoint, '--json'],
  ]).end
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ bucket, uploads: 0 })
})

test('fails and is used wrongly with the exit codes that it promises', async () => {
  const missing = await start(['usage', '--bucket', 'not-there', '--endpoint', s3.endpoint]).end
  expect(missing).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'Error: There is no bucket "not-there". Check its name, or create it. [no_such_bucket]\n',
  })
  expect(await start(['usage']).end).toMatchObject({ exitCode: 2 })
  // A pipe is nobody to ask.
  const origin = ['--origin', 'https://app.example']
  const setup = await start(['setup', '--bucket', 'not-there', '--endpoint', s3.endpoint, ...origin]).end
  expect(setup).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Add --yes') })
})

test('tells its version', async () => {
  expect(await start(['--version']).end).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
})

test('Ctrl-C ends it', async () => {
  const asked = new EventEmitter()
  const silent = await serve(() => asked.emit('request'))
  const request = once(asked, 'request')
  const { child, end } = start(['usage', '--bucket', 'media', '--endpoint', silent.origin])
  await request
  child.kill('SIGINT')
  expect(await end).toEqual({ exitCode: 130, stdout: '', stderr: '' })
  await silent.close()
})
