// What all servers of the soak are started with, those that are killed and the one that looks last.
import type { PartwayOptions } from '@partway/koa'
import type { Redis } from 'ioredis'
import type { ClockSetting } from './clock.js'
import { createClient } from './own-clock-client.js'

/** As JSON, what a process is told. */
export interface SoakSetting {
  bucket: string
  region: string
  endpoint: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  valkeyPort: number
  clock: ClockSetting
  /** The file that it appends to. */
  notes: string
}

export const PART_BYTES = 5 * 1024 ** 2

/** @param note gets `completed`, the key and who has completed it */
export function createOptions(
  { bucket, region, endpoint, credentials }: SoakSetting,
  redis: Redis,
  note: (...words: string[]) => void,
): PartwayOptions {
  return {
    bucket,
    client: createClient({ region, endpoint, credentials }),
    owner: () => 'ada',
    name: 'soak',
    secrets: ['a secret for tests that is long enough'],
    partSize: PART_BYTES,
    quota: { files: 100_000, windowSeconds: 30 * 86_400, redis },
    // `finish()` is called all the time.
    finishEverySeconds: 0,
    onComplete: ({ key, by }) => note('completed', key, by),
  }
}
