// What became of a run: what Uppy told the user, and what S3 holds.
import type { Page } from 'playwright-core'
import { vi } from 'vitest'
import { objectKeys, unfinishedUploads } from '../support/bucket-contents.js'
import { type SourceFile, sha256OfObject } from '../support/files.js'
import type { SeenEvent } from './page/main.js'
import type { Run } from './run.js'

export interface Outcome {
  /**
   * `stuck`: neither success nor failure by the deadline. `wrong`: told as a success, but S3 has something else. Where no page is
   * left to tell: `finished`, `unheard` (S3 has the objects, and the host has not heard of them all) or `lost`.
   */
  result: 'uploaded' | 'failed' | 'stuck' | 'wrong' | 'finished' | 'unheard' | 'lost'
  /** Whether it took "Retry" to get there. */
  retried: boolean
  /** What Uppy said of failures. */
  errors: string[]
  /** Of `upload-success`, for each file. */
  successes: number
  /** Bytes sent to S3 over the bytes of the files. */
  sentRatio: number
  /** Parts that were sent although S3 had them. */
  resentParts: number
  seconds: number
  /** Unfinished uploads left on S3. */
  orphans: number
  /** Whether the server was asked to abort an upload. */
  wasAborted: boolean
  /** Objects beyond one per file. */
  surplus: number
}

/** Waits until Uppy says that it is over. */
export async function untilOver(page: Page, ms: number): Promise<SeenEvent[]> {
  await page
    .waitForFunction(() => window.seen.some(({ name }) => name === 'complete'), undefined, { timeout: ms })
    .catch(() => {})
  return await page.evaluate(() => window.seen)
}

/** Uppy forgets what is cancelled at once; the server and S3 hear of it later. */
export async function untilCancelled(run: Run, ms: number): Promise<void> {
  const { bucket, setting } = run
  const isOver = async () =>
    wasAborted(run) && (await unfinishedUploads(setting.store.client, bucket)).length === 0
  await vi.waitUntil(isOver, { timeout: ms, interval: 50 }).catch(() => {})
}

function wasAborted(run: Run): boolean {
  return run.app.requests.some(run.isCall('abort'))
}

export async function examine(
  run: Run,
  files: SourceFile[],
  /** `undefined`: no page is left. */
  events: SeenEvent[] | undefined,
  measured: { startedAt: number; retried: boolean; resentParts: number },
): Promise<Outcome> {
  const { client } = run.setting.store
  const named = (name: string) => (events ?? []).filter((event) => event.name === name)
  const keys = await objectKeys(client, run.bucket)
  const contents = await Promise.all(keys.map((key) => sha256OfObject(client, run.bucket, key)))
  const wanted = files.map(({ sha256 }) => sha256)
  const succeeded = named('upload-success').map(({ file }) => files.find(({ name }) => name === file))
  const isRight = succeeded.every((file) => file && contents.includes(file.sha256))
  const isThere = wanted.every((sha256) => contents.includes(sha256))
  const isOver = named('complete').length > 0
  const describe = (): Outcome['result'] => {
    if (!events) return !isThere ? 'lost' : keys.every((key) => run.heard.has(key)) ? 'finished' : 'unheard'
    if (!isRight) return 'wrong'
    if (!isOver) return 'stuck'
    return succeeded.length === files.length ? 'uploaded' : 'failed'
  }
  const { startedAt, retried, resentParts } = measured
  return {
    result: describe(),
    retried,
    resentParts,
    errors: named('upload-error').map(({ message = '' }) => message),
    successes: succeeded.length,
    sentRatio: run.sentBytes / files.reduce((sum, { size }) => sum + size, 0),
    seconds: (performance.now() - startedAt) / 1000,
    orphans: (await unfinishedUploads(client, run.bucket)).length,
    wasAborted: wasAborted(run),
    surplus: keys.length - wanted.filter((sha256) => contents.includes(sha256)).length,
  }
}
