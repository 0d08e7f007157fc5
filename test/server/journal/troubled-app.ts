// A host app whose calls to S3 a test counts, holds and fails, with what the host hears and what is left.
import { S3Client } from '@aws-sdk/client-s3'
import { type PartwayOptions, partway } from '@partway/koa'
import { afterEach, beforeEach, vi } from 'vitest'
import { journalKeys, objectKeys, unfinishedUploads } from '../../support/bucket-contents.js'
import type { S3UnderTest } from '../../support/s3-under-test.js'
import { openApp } from '../native-client.js'
import { testOptions } from '../serve.js'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Goes in parts, if only one. */
export const film = { name: 'film.mp4', type: 'video/mp4', size: 6, idempotencyKey: '0123456789abcdef' }
/** Goes in one request. */
export const note = { name: 'note.txt', type: 'text/plain', size: 3 }
export const films = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({ ...film, idempotencyKey: `the-film-of-number-${nth}` }))

interface S3Call {
  /** Such as `ListPartsCommand`. */
  command: string
  key: string
}

/** Set by a test. */
export interface Meddling {
  calls: S3Call[]
  /** Runs before each call, which waits for it and fails as it does. */
  before?: ((call: S3Call) => unknown) | undefined
}

export function meddleS3({ endpoint, region, credentials }: S3UnderTest) {
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  keepClock(client)
  const meddling: Meddling = { calls: [] }
  client.middlewareStack.add(
    (next, { commandName: command = '' }) =>
      async (args) => {
        const { Key: key = '' } = args.input as { Key?: string }
        meddling.calls.push({ command, key })
        await meddling.before?.({ command, key })
        return await next(args)
      },
    { step: 'initialize' },
  )
  const unset = { region: undefined, endpoint: undefined, credentials: undefined, forcePathStyle: undefined }
  return { options: { client, ...unset } as object, meddling }
}

export function s3Failure(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(name), { name, $fault: 'server', $metadata: { httpStatusCode } })
}

let apps = 0

export async function openTroubled(s3: S3UnderTest, more: Partial<PartwayOptions> = {}) {
  const seen: string[] = []
  const { options, meddling } = meddleS3(s3)
  const app = await openApp(s3, {
    name: 'films',
    multipartThreshold: 5,
    quota: { files: 50, windowSeconds: 30 * 86_400, name: `troubled-${apps++}` },
    onCreate: ({ key }) => void seen.push(`created ${key}`),
    onComplete: ({ key, by }) => void seen.push(`${by} ${key}`),
    onAbort: ({ key, reason }) => void seen.push(`${reason} ${key}`),
    ...options,
    ...more,
  })
  const { bucket, host } = app
  return {
    ...app,
    meddling,
    seen,
    /** Of the ends of uploads. */
    heard: () => seen.filter((each) => !each.startsWith('created')),
    finish: () => host.uploads.finish(),
    entries: () => journalKeys(s3.client, bucket),
    objects: () => objectKeys(s3.client, bucket),
    unfinishedOnS3: () => unfinishedUploads(s3.client, bucket),
    used: async () => (await host.uploads.quotaOf('ada'))?.files,
    /** Another server of the same app. */
    another(other: Partial<PartwayOptions> = {}) {
      const its = meddleS3(s3)
      const common = { name: 'films', finishEverySeconds: 0, ...its.options }
      return { uploads: partway(testOptions(s3, bucket, { ...common, ...other })), meddling: its.meddling }
    },
  }
}

/** Node keeps the date of replies for a second, and the SDK would take the store's clock for wrong. */
export function keepClock({ config }: S3Client): void {
  Object.defineProperty(config, 'systemClockOffset', { get: () => 0, set: () => {} })
}

/** For the tests of a file: only the clock is moved. The store is in this process, so it agrees. */
export function useMovedClock() {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  return (ms: number) => vi.setSystemTime(Date.now() + ms)
}

/** Something that a test waits for. */
export function signpost() {
  let reach = () => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  return { reach, reached }
}
