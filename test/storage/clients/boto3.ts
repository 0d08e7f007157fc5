// AWS's SDK for Python.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { awsEnvironment, type Client, run, type Setting } from './client.js'

const script = join(import.meta.dirname, 'boto3_client.py')

function findMissing(): string | undefined {
  try {
    execFileSync('python3', ['-c', 'import boto3, requests'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'python3 has no boto3, or no requests'
  }
}

const ask = (at: Setting, operation: string, ...args: string[]) => call(at, undefined, operation, ...args)

function call(at: Setting, input: string | undefined, ...args: string[]): Promise<string> {
  // The variable of the region that boto3 reads.
  const environment = {
    ...awsEnvironment(at),
    AWS_DEFAULT_REGION: at.s3.region,
    PYTHONDONTWRITEBYTECODE: '1',
  }
  return run(at.home, 'python3', [script, ...args], environment, input)
}

const inBucket =
  (operation: string) =>
  (at: Setting, ...args: string[]) =>
    ask(at, operation, at.bucket, ...args)

export const boto3: Client = {
  name: 'boto3',
  missing: findMissing(),
  version: async (home) =>
    (await run(home, 'python3', ['-c', 'import boto3; print(boto3.__version__)'])).trim(),
  operations: {
    makeBucket: (at, name) => ask(at, 'make-bucket', name),
    listBuckets: (at) => ask(at, 'list-buckets'),
    removeBucket: (at, name) => ask(at, 'remove-bucket', name),
    upload: inBucket('upload'),
    uploadInParts: inBucket('upload-in-parts'),
    uploadPiped: (at, path, key) => call(at, path, 'upload-piped', at.bucket, key),
    download: inBucket('download'),
    list: inBucket('list'),
    copy: inBucket('copy'),
    copyInParts: inBucket('copy-in-parts'),
    remove: inBucket('remove'),
    removeFolder: inBucket('remove-folder'),
    tag: inBucket('tag'),
    presign: async (at, key) => (await ask(at, 'presign', at.bucket, key)).trim(),
    uploadForm: inBucket('upload-form'),
  },
}
