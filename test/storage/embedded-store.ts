// The embedded store in a process of its own, and a client for it.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'

export const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded-secret' }

/** One try per request, so that what failed is known to have failed. */
export function connectClient(endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
}

export interface StoreProcess {
  process: ChildProcess
  client: S3Client
  /** `SIGKILL`, as `kill -9` sends it. */
  kill(): Promise<void>
  /** As a process ends by itself. */
  exit(): Promise<void>
}

export async function forkStore(dataFolder: string, execArgv: string[] = []): Promise<StoreProcess> {
  const child = fork(join(import.meta.dirname, 'store-process.js'), [dataFolder], { execArgv })
  const exited = once(child, 'exit')
  const [endpoint] = await Promise.race([once(child, 'message'), exited.then(failed)])
  const client = connectClient(String(endpoint))
  const end = async (ask: () => void): Promise<void> => {
    ask()
    await exited
    client.destroy()
  }
  return {
    process: child,
    client,
    kill: () => end(() => child.kill('SIGKILL')),
    exit: () => end(() => child.connected && child.disconnect()),
  }
}

function failed(): never {
  throw new Error('the store did not start')
}
