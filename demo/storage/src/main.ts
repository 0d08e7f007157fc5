#!/usr/bin/env node
// The store from a command line, until Ctrl-C.
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { FolderInUseError } from './state/folder-lock.js'
import { type StoreOptions, startStore } from './store.js'

const usage = `Usage: partway-store --data FOLDER [--port 9000] [--host 127.0.0.1] [--region us-east-1] [--domain s3.localhost]

  --data    folder of all buckets; made if missing
  --port    0 takes any free one
  --host    address to listen on; 0.0.0.0 for other machines
  --region  that requests are signed for
  --domain  a host below it is a bucket; may be given more than once

The account's keys are those of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with AWS_SESSION_TOKEN if that is set.
Without them the store makes up keys, and prints them.`

/** The command line or the environment is wrong: the message says how. */
class UsageError extends Error {}

try {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options) await run(options)
  else console.log(usage)
} catch (error) {
  const isKnown = error instanceof UsageError || error instanceof FolderInUseError
  const isOfSystem = error instanceof Error && 'syscall' in error
  if (!isKnown && !isOfSystem) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function run(options: StoreOptions & { madeUp: boolean }): Promise<void> {
  const { accessKeyId, secretAccessKey, region = '', madeUp } = options
  const store = await startStore(options)
  console.log(`S3: ${store.endpoint}, files in ${options.dataFolder}. Stop it with Ctrl-C.`)
  if (madeUp) {
    console.log(`export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`)
    console.log(`export AWS_ENDPOINT_URL_S3=${store.endpoint} AWS_REGION=${region}`)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void store.close())
  }
}

/** `undefined` for --help. @throws UsageError */
function readOptions(
  args: string[],
  environment: NodeJS.ProcessEnv,
): (StoreOptions & { madeUp: boolean }) | undefined {
  const { help, data, port, domain, ...flags } = parseFlags(args)
  if (help) return undefined
  if (!data) throw new UsageError(usage)
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`--port is "${port}": it must be a number from 0 to 65535.`)
  }
  return {
    dataFolder: data,
    port: Number(port),
    ...flags,
    ...readKeys(environment),
    ...(domain && { domains: domain.map((name) => name.toLowerCase()) }),
  }
}

function parseFlags(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        data: { type: 'string' },
        port: { type: 'string', default: '9000' },
        host: { type: 'string', default: '127.0.0.1' },
        region: { type: 'string', default: 'us-east-1' },
        domain: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`)
  }
}

function readKeys(
  environment: NodeJS.ProcessEnv,
): Pick<StoreOptions, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'> & { madeUp: boolean } {
  const accessKeyId = environment.AWS_ACCESS_KEY_ID
  const secretAccessKey = environment.AWS_SECRET_ACCESS_KEY
  const sessionToken = environment.AWS_SESSION_TOKEN
  if (accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }), madeUp: false }
  }
  if (accessKeyId || secretAccessKey) {
    throw new UsageError('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together: set both, or neither.')
  }
  return {
    accessKeyId: `AK${randomBytes(9).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString('hex'),
    madeUp: true,
  }
}
