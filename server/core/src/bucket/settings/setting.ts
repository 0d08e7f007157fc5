// The interface of all bucket settings: the present value, the wanted one, and the change between them.
import type { OpenBucket } from '../open-bucket.js'
import { failureName } from '../to-bucket-error.js'

export type SettingName = 'bucket' | 'public-access' | 'encryption' | 'cors' | 'lifecycle' | 'journal'

/** Whether a setting has to change. `detail`, for people, is its present or new value. */
export type Finding = { state: 'unchanged'; detail: string } | Change

export interface Change {
  state: 'create' | 'change'
  detail: string
  /**
   * @returns a replacement for `detail`, if the result differs
   * @throws BucketError `not_supported` if the store turns out not to support it
   */
  apply(): Promise<string | undefined>
}

/** What the user wants of the bucket. */
export interface Wanted {
  origins: readonly string[]
  /** Prefix of the keys of uploads; `''` for all. Identifies the app among others in the bucket. */
  prefix: string
  lifecycleDays: number
  /** Prefix of the keys of entries. */
  journalPrefix: string
}

/** ID of our CORS and lifecycle rules: one of each per prefix, so that apps can share a bucket. */
export const ruleId = (prefix: string) => (prefix === '' ? 'partway' : `partway ${prefix}`)

export interface Setting {
  name: SettingName
  /** What to do on a store that does not support it. */
  instead: string
  /** Changes nothing. @throws BucketError */
  inspect(bucket: OpenBucket, wanted: Wanted): Promise<Finding>
}

/**
 * Reads a setting; `undefined` if there is none.
 * @param missing name of S3's error if there is none
 */
export async function readSetting<T>(
  { attempt }: OpenBucket,
  action: string,
  missing: string,
  call: Promise<T>,
): Promise<T | undefined> {
  // A bucket that does not exist yet has no settings.
  const none = [missing, 'NoSuchBucket']
  const read = call.catch((error: unknown) => {
    if (!none.includes(failureName(error))) throw error
    return undefined
  })
  return await attempt(action, read)
}
