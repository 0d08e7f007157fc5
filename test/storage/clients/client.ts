// What a client of S3 is here: a program or library that nobody of this project wrote, and how it is told to do things.
import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { promisify } from 'node:util'
import { findProgram } from '../../support/find-program.js'
import type { S3UnderTest } from '../../support/s3-under-test.js'

/** What a client works with. */
export interface Setting {
  s3: S3UnderTest
  bucket: string
  /** Its home and the place of its configuration: a temporary folder. */
  home: string
}

export interface Client {
  name: string
  /** Why it cannot be run here. */
  missing: string | undefined
  version(home: string): Promise<string>
  /** Writes its configuration. */
  configure?(at: Setting): Promise<void>
  operations: Partial<Operations>
}

/** @typeParam Input What follows the setting. */
type Do<Input extends unknown[], Output = unknown> = (at: Setting, ...input: Input) => Promise<Output>

/** What clients do. Paths are of files and folders on this machine. */
export interface Operations {
  makeBucket: Do<[name: string]>
  /** What it prints. */
  listBuckets: Do<[], string>
  removeBucket: Do<[name: string]>
  upload: Do<[path: string, key: string]>
  uploadInParts: Do<[path: string, key: string]>
  /** From a pipe, so that its size is not known before. */
  uploadPiped: Do<[path: string, key: string]>
  download: Do<[key: string, path: string]>
  /** What it prints. */
  list: Do<[], string>
  copy: Do<[from: string, to: string]>
  copyInParts: Do<[from: string, to: string]>
  move: Do<[from: string, to: string]>
  remove: Do<[key: string]>
  /** All objects whose keys begin with `prefix` and a slash. */
  removeFolder: Do<[prefix: string]>
  /** Also removes objects whose file is gone. */
  syncUp: Do<[folder: string, prefix: string]>
  syncDown: Do<[prefix: string, folder: string]>
  /** Fails if a file and its object differ. */
  check: Do<[folder: string, prefix: string]>
  tag: Do<[key: string, name: string, value: string]>
  /** A URL to download by. */
  presign: Do<[key: string], string>
  uploadForm: Do<[path: string, key: string]>
}

const execute = promisify(execFile)

/**
 * Runs a program whose home is `home`, with nothing of this process's environment but the PATH.
 * @param input A file that is piped into it.
 * @returns what it prints
 */
export async function run(
  home: string,
  program: string,
  args: string[],
  environment: Record<string, string> = {},
  input?: string,
): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', ...environment }
  const running = execute(program, args, { env, cwd: home, maxBuffer: 2 ** 26 })
  const { stdin } = running.child
  // What has ended reads nothing more, and says why it ended.
  stdin?.on('error', () => {})
  if (stdin && input !== undefined) createReadStream(input).pipe(stdin)
  else stdin?.end()
  return (await running).stdout
}

/** The variables that AWS's own clients read. */
export function awsEnvironment({ s3 }: Setting): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    AWS_REGION: s3.region,
    AWS_ENDPOINT_URL: s3.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

/** @returns why it cannot be run, if it is not installed */
export function missingProgram(name: string): string | undefined {
  return findProgram(name) ? undefined : `${name} is not on the PATH`
}
