// The command line without a process of its own: what it prints, and its exit code.
import { PassThrough } from 'node:stream'
import { vi } from 'vitest'
import { run } from '../../../server/cli/src/program.js'

export interface CliRun {
  exitCode: number
  stdout: string
  stderr: string
}

export interface CliOptions {
  /** What a person types; without it nobody is there to ask. */
  typed?: string
  /** Whether stdout and stderr are a terminal. */
  terminal?: boolean
  signal?: AbortSignal
}

export async function runCli(
  args: readonly string[],
  { typed, terminal = false, signal = new AbortController().signal }: CliOptions = {},
): Promise<CliRun> {
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined })
  const stdout = Object.assign(new PassThrough(), { isTTY: terminal })
  const stderr = Object.assign(new PassThrough(), { isTTY: terminal })
  if (typed === undefined) stdin.end()
  // A terminal stays open. What is typed before the question is asked is kept for it.
  else stdin.write(typed)
  const exitCode = await run(args, { stdin, stdout, stderr, signal })
  const read = (stream: PassThrough) => stream.read()?.toString() ?? ''
  return { exitCode, stdout: read(stdout), stderr: read(stderr) }
}

/** The environment of a shell with these keys, and nothing of whoever runs the tests. */
export function stubEnvironment({
  accessKeyId,
  secretAccessKey,
}: Record<'accessKeyId' | 'secretAccessKey', string>): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent')
  for (const name of [
    'AWS_PROFILE',
    'AWS_REGION',
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_S3',
    'AWS_SESSION_TOKEN',
  ]) {
    vi.stubEnv(name, undefined)
  }
}
