// What `setup` and `policy` do, as infrastructure code.
import { z } from 'zod'
import { describeMisuse, OptionError } from '../../describe-misuse.js'
import { keyPrefixSchema, originSchema } from '../../resolve-options.js'
import { JournalSchema, placeJournal } from '../../s3/journal-place.js'
import { type PolicyOptions, policy } from '../policy.js'
import { corsRule } from '../settings/cors.js'
import { journalRule } from '../settings/journal.js'
import { abortRule } from '../settings/lifecycle.js'
import type { BucketPlan } from './bucket-plan.js'
import { cloudFormation } from './cloudformation.js'
import { terraform } from './terraform.js'

export type SnippetFormat = 'terraform' | 'cloudformation'

export type SnippetOptions = PolicyOptions & {
  /** Origins of the pages that upload; at least one. */
  origins: readonly string[]
  /** Days after which unfinished uploads are aborted, 1 to 3,650. @default 7 */
  lifecycleDays?: number
}

const FORMATS: Record<SnippetFormat, (plan: BucketPlan) => string> = {
  terraform,
  cloudformation: cloudFormation,
}

const SnippetSchema = z.object({
  prefix: keyPrefixSchema.default(''),
  origins: z.array(originSchema).min(1).readonly(),
  lifecycleDays: z.int().min(1).max(3650).default(7),
  journal: JournalSchema,
})

/**
 * A bucket with CORS, lifecycle, encryption and no public access, and a user with the policy, for AWS. The user has no
 * access key: it would be a secret in the tool's state.
 *
 * @throws TypeError for misused options
 */
export function snippet(format: SnippetFormat, options: SnippetOptions): string {
  const result = SnippetSchema.safeParse(options)
  if (!result.success) throw new OptionError(describeMisuse(result.error, options, 'snippet()'))
  const { origins, lifecycleDays, prefix } = result.data
  const journal = placeJournal(options.bucket, result.data.journal)
  const { origins: _, lifecycleDays: __, ...policyOptions } = options
  return FORMATS[format]({
    bucket: options.bucket,
    cors: corsRule(origins, prefix),
    abort: abortRule(prefix, lifecycleDays),
    expire: journal.bucket === options.bucket ? journalRule(journal.prefix, lifecycleDays) : undefined,
    // IAM allows 64 characters.
    user: `${options.bucket.slice(0, 56)}-uploads`,
    policy: policy(policyOptions),
  })
}
