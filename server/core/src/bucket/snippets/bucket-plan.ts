// The bucket and the user that a snippet describes.
import type { Policy } from '../policy.js'
import type { corsRule } from '../settings/cors.js'
import type { WantedRule } from '../settings/lifecycle-rules.js'

/** Input of every format. */
export interface BucketPlan {
  bucket: string
  cors: ReturnType<typeof corsRule>
  /** Aborts unfinished uploads. */
  abort: WantedRule
  /** Deletes forgotten entries of the journal, if it is in this bucket. */
  expire: WantedRule | undefined
  /** Name of the user that the middleware runs as. */
  user: string
  policy: Policy
}
