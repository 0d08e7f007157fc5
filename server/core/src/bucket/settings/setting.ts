// What all settings of a bucket have in common: what is there, what it should be, and how to get from one to the other.
import type { OpenBucket } from '../open-bucket.js'
import { failureName } from '../to-bucket-error.js'

export type SettingName = 'bucket' | 'public-access' | 'encryption' | 'cors' | 'lifecycle' | 'journal'

/** What a setting is, and what would be done about it. `detail` is for people, and names what it is or will be. */
export type Finding = { state: 'unchanged'; detail: string } | Change

export interface Change {
  state: 'create' | 'change'
  detail: string
  /**
   * @returns what to say in place of `detail`, where it came out otherwise
   * @throws BucketError `not_supported` when the store turned out not to have it
   */
  apply(): Promise<string | undefined>
}

/** What the user wants of the bucket. */
export interface Wanted {
  origins: readonly string[]
  /** What the keys of uploads start with; `''` for all. Names the app among others in the bucket. */
  prefix: string
  lifecycleDays: number
  /** What the entries' keys start with. */
  journalPrefix: string
}

/** By which our CORS and lifecycle rules are found again: one of each per prefix, so that apps can share a bucket. */
export const ruleId = (prefix: string) => (prefix === '' ? 'partway' : `partway ${prefix}`)

export interface Setting {
  name: SettingName
  /** What to do on a store that does not have it. */
  instead: string
  /** Changes nothing. @throws BucketError */
  inspect(bucket: OpenBucket, wanted: Wanted): Promise<Finding>
}

/**
 * Reads a setting; `undefined` when there is none.
 * @param missing S3's name of the error that says so
 */
export async function readSetting<T>(
  { attempt }: OpenBucket,
  action: string,
  missing: string,
  call: Promise<T>,
): Promise<T | undefined> {
  // A bucket that is yet to be created has no settings.
  const none = [missing, 'NoSuchBucket']
  const read = call.catch((error: unknown) => {
    if (!none.includes(failureName(error))) throw error
    return undefined
  })
  return await attempt(action, read)
}
