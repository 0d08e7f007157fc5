// An example, started as its README says, in a browser. Its store is its own.
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import type { Browser } from 'playwright-core'
import { DemoPage } from '../browser/demo-page.js'
import { objectKeys, unfinishedUploads } from '../support/bucket-contents.js'
import { type SourceFile, sha256OfObject } from '../support/files.js'
import { freePort } from '../support/free-port.js'
import { startProcess } from '../support/start-process.js'

const credentials = { accessKeyId: 'example', secretAccessKey: 'example-secret' }

export interface Example {
  origin: string
  open(browser: Browser): Promise<DemoPage>
  /** SHA-256 of all objects in its bucket, sorted. */
  storedSums(): Promise<string[]>
  /** How many uploads in parts are begun and not completed. */
  countUnfinished(): Promise<number>
  /** Ends it, as Ctrl-C does. */
  end(): Promise<void>
}

/** @param script of the example's package.json */
export async function startExample(
  name: string,
  script = 'start',
  environment: Record<string, string> = {},
): Promise<Example> {
  const cwd = join(import.meta.dirname, '../../demo/examples', name)
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, PORT: String(await freePort()), ...environment }
  const running = startProcess('npm', ['run', '--silent', script], { cwd, env })
  const [, endpoint = '', bucket = ''] = await running.untilPrinted(/S3: (\S+)\/(\w+)\n/)
  const [origin] = await running.untilPrinted(/http:\/\/localhost:\d+(?=\n)/)
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true })
  return {
    origin,
    open: (browser) => DemoPage.open(browser, origin),
    async storedSums() {
      const keys = await objectKeys(client, bucket)
      const sums = keys.map((key) => sha256OfObject(client, bucket, key))
      return (await Promise.all(sums)).sort()
    },
    countUnfinished: async () => (await unfinishedUploads(client, bucket)).length,
    async end() {
      client.destroy()
      await running.end()
    },
  }
}

export function sumsOf(sources: SourceFile[]): string[] {
  return sources.map(({ sha256 }) => sha256).sort()
}
