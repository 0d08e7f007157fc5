// Where the journal of unfinished uploads is: the option `journal`, also for the bucket functions and the command.
import { z } from 'zod'
import { plainBucketName } from './bucket-name.js'

export const DEFAULT_JOURNAL_PREFIX = '.partway/'

/** Where the journal of unfinished uploads is. */
export interface JournalOptions {
  /** Bucket of the entries. @default the bucket of the uploads, or the first of several */
  bucket?: string | undefined
  /**
   * Prefix of the entries' keys: at most 240 letters, digits and `!_./-`, no slash at its start and one at its end. Apps that
   * share a bucket need one each. @default '.partway/'
   */
  prefix?: string | undefined
}

/** The resolved option. */
export interface JournalPlace {
  bucket: string
  prefix: string
}

export const JournalSchema = z
  .strictObject({
    bucket: plainBucketName.optional(),
    // A policy takes * and ? as wildcards and ${ as a variable. The names of lifecycle rules limit the length.
    prefix: z
      .string()
      .max(240, 'must have at most 240 characters')
      .regex(
        /^(?!\/)[\w!./-]+(?<=\/)$/,
        'must have letters, digits and !_./- only, no slash at its start and one at its end',
      )
      .default(DEFAULT_JOURNAL_PREFIX),
  })
  .prefault({})

/** @param bucket of the uploads */
export function placeJournal(bucket: string, journal: z.output<typeof JournalSchema>): JournalPlace {
  return { bucket: journal.bucket ?? bucket, prefix: journal.prefix }
}
