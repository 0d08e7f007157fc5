// Shared by all commands that call S3: their options, the client made from these, and the exit code.
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { type Command, Option } from 'commander'
import { EXIT, type ExitCode, type Io } from './io.js'
import { Output } from './output.js'
import { parseUrl } from './parse-flags.js'

/** The program that commands are added to, and the exit code that they set. */
export interface Session {
  program: Command
  io: Io
  exitCode: ExitCode
}

/** As commander parses them. */
export interface ConnectionFlags {
  bucket: string
  region?: string
  endpoint?: string
  pathStyle?: boolean
  profile?: string
  json?: true
}

export interface CommandContext {
  output: Output
  io: Io
  /** For the functions of `@partway/server/bucket`. */
  target: { client: S3Client; bucket: string; signal: AbortSignal }
}

/**
 * Adds a command with the options of the connection. Give it further options and examples, then `.action` through
 * {@link runOnBucket}.
 */
export function addBucketCommand({ program }: Session, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .requiredOption('--bucket <name>', 'the bucket')
    .option('--region <region>', "default: AWS_REGION or the profile's; us-east-1 with --endpoint")
    .addOption(
      new Option('--endpoint <url>', 'URL of an S3 service other than AWS')
        .env('AWS_ENDPOINT_URL_S3')
        .argParser(parseUrl),
    )
    .option(
      '--path-style',
      'https://host/bucket/key in place of https://bucket.host/key; default with --endpoint',
    )
    .option('--no-path-style', 'https://bucket.host/key, also with --endpoint')
    .option('--profile <name>', 'of the AWS configuration; default: AWS_PROFILE')
    .option('--json', 'print one JSON document')
}

/** A commander action: connects, runs `work`, prints a failure, and sets the exit code. */
export function runOnBucket<Flags extends ConnectionFlags>(
  session: Session,
  work: (flags: Flags, context: CommandContext) => Promise<ExitCode>,
): (flags: Flags) => Promise<void> {
  const { io } = session
  return async (flags) => {
    const output = new Output(io, flags.json ?? false)
    const client = createCliClient(flags)
    try {
      const target = { client, bucket: flags.bucket, signal: io.signal }
      session.exitCode = await work(flags, { output, io, target })
    } catch (error) {
      session.exitCode = io.signal.aborted ? EXIT.interrupted : EXIT.failed
      if (!io.signal.aborted) output.fail(error)
    } finally {
      client.destroy()
    }
  }
}

/** The SDK finds the credentials: environment, profile, SSO, role of the machine. */
export function createCliClient({ region, endpoint, pathStyle, profile }: ConnectionFlags): S3Client {
  const regionToUse = region ?? process.env.AWS_REGION ?? (endpoint === undefined ? undefined : 'us-east-1')
  const config: S3ClientConfig = {
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    ...(regionToUse !== undefined && { region: regionToUse }),
    ...(endpoint !== undefined && { endpoint }),
    ...(profile !== undefined && { profile }),
  }
  return new S3Client(config)
}
