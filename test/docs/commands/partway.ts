// `partway`'s commands in the docs, run on a real store. A person says yes to what they ask.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateMultipartUploadCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { runCli } from '../../server/cli/run-cli.js'

/** What the commands work on. */
export interface Bench {
  client: S3Client
  /** Of an app with the middleware: it stands for the one that the docs call `https://app.example`. */
  app: string
  /** Where `>` writes. */
  folder: string
}

/** What differs each time: addresses, times, speeds. */
const VOLATILE = /127\.0\.0\.1:\d+|\d{4}-\d\d-\d\dT[\d:.]+Z|[\d.]+ s, [\d.]+ [KMG]iB\/s/g

/**
 * @param args after `partway`
 * @param shown What the docs say that it prints; anything if they do not say. A line `…` stands for lines left out.
 */
export async function runPartway(args: string, shown: string, bench: Bench): Promise<void> {
  if (args === 'usage --bucket photos') await beginUploads(bench.client, 'photos')
  if (args.startsWith('doctor ')) await makeReady('media')
  const [command = '', file] = fillIn(args, bench).split(' > ')
  const { exitCode, stdout, stderr } = await runCli(command.split(' '), { typed: 'y\n' })
  if (file) await writeFile(join(bench.folder, file), stdout)
  if (shown === '') expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 0, stderr: '' })
  else if (isShortened(shown)) expect(mask(stdout + stderr)).toMatch(patternOf(mask(shown)))
  else expect(mask(stdout + stderr)).toBe(mask(shown))
}

/** The store has one region, and the app is on this machine. */
function fillIn(args: string, { app }: Bench): string {
  return args
    .replace('eu-west-1', 'us-east-1')
    .replace('--bucket B', '--bucket media')
    .replace(/--app https?:\/\/[^/]+/, `--app ${app}`)
}

const mask = (output: string) => output.trimEnd().replace(VOLATILE, '…')

const isShortened = (shown: string) => shown.split('\n').includes('…')

/** @param shown with lines `…` */
function patternOf(shown: string): RegExp {
  const lines = shown.split('\n').map((line) => line.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
  return new RegExp(`^${lines.join('\n').replaceAll(/^…$/gm, '[^]+?')}$`)
}

/** The bucket that the doctor finds healthy, whatever earlier commands made of it. */
async function makeReady(bucket: string): Promise<void> {
  const { exitCode } = await runCli(['setup', '--bucket', bucket, '--origin', 'https://app.example', '--yes'])
  expect(exitCode).toBe(0)
}

/** What the docs' example of `usage` shows. */
async function beginUploads(client: S3Client, Bucket: string): Promise<void> {
  for (const Key of ['one', 'two', 'three']) {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const part = { Bucket, Key, UploadId, PartNumber: 1, Body: Buffer.alloc(8 * 1024 ** 2) }
    await client.send(new UploadPartCommand(part))
  }
}
