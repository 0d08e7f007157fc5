// Sets a bucket up for browser uploads: reads each setting, and changes it only if needed.
import { z } from 'zod'
import { keyPrefixSchema, originSchema } from '../resolve-options.js'
import { type JournalOptions, JournalSchema, placeJournal } from '../s3/journal-place.js'
import { BucketError, type BucketErrorCode } from './bucket-error.js'
import {
  type BucketOptions,
  bucketShape,
  type OpenBucket,
  parseBucketOptions,
  withBucket,
} from './open-bucket.js'
import { cors } from './settings/cors.js'
import { encryption } from './settings/encryption.js'
import { existence } from './settings/existence.js'
import { journal } from './settings/journal.js'
import { lifecycle } from './settings/lifecycle.js'
import { publicAccess } from './settings/public-access.js'
import type { Finding, Setting, SettingName } from './settings/setting.js'

export type SetupOptions = BucketOptions & {
  /** Origins of the pages that upload, such as `https://app.example`; at least one, unless `cors` is skipped. */
  origins: readonly string[]
  /**
   * Prefix of the keys of uploads, if the bucket holds other objects too: the option `keyPrefix`. Each prefix has its own rules,
   * so that apps can share the bucket. @default ''
   */
  prefix?: string
  /** Days after which unfinished uploads are aborted, 1 to 3,650; at least the lifetime of tickets. @default 7 */
  lifecycleDays?: number
  /** The option `journal`. Its rule is set only if the journal is in this bucket. @default {} */
  journal?: JournalOptions
  /** Settings to leave unchanged. @default [] */
  skip?: readonly Exclude<SettingName, 'bucket'>[]
}

/** `skipped`: the store does not support it, or there is no bucket. `failed`: the credentials may not do it, or S3 refuses. */
export interface Step<Done extends string> {
  setting: SettingName
  state: 'unchanged' | Done | 'skipped' | 'failed'
  /** What the setting is, what it becomes, or what went wrong; for people. */
  detail: string
  /** What to do about a skipped or failed setting. */
  fix?: string
}
export type PlannedStep = Step<'create' | 'change'>
export type SetupStep = Step<'created' | 'changed'>

const SETTINGS = [publicAccess, encryption, cors, lifecycle, journal]
export const SKIPPABLE = ['public-access', 'encryption', 'cors', 'lifecycle', 'journal'] as const

const SetupSchema = z
  .strictObject({
    ...bucketShape,
    origins: z.array(originSchema).readonly(),
    // Part of the rules' IDs, whose length S3 limits.
    prefix: keyPrefixSchema.max(240, 'must have at most 240 characters').default(''),
    lifecycleDays: z.int().min(1).max(3650).default(7),
    journal: JournalSchema,
    skip: z.array(z.enum(SKIPPABLE)).default([]),
  })
  .refine(({ origins, skip }) => origins.length > 0 || skip.includes('cors'), {
    path: ['origins'],
    message: 'must have at least one, unless cors is skipped',
  })

/**
 * Plans what `setup` would do. Changes nothing: it reads, and where only a trial shows what the store supports, it creates an
 * upload and aborts it.
 *
 * @throws BucketError if S3 cannot be used at all, TypeError for misused options
 */
export async function planSetup(options: SetupOptions): Promise<PlannedStep[]> {
  return await eachSetting(options, 'planSetup()', async ({ state, detail }) => ({ state, detail }))
}

/**
 * Creates the bucket if it is missing, blocks public access, encrypts by default, lets pages of `origins` upload, and adds rules
 * that abort unfinished uploads and delete forgotten journal entries. Leaves sufficient settings and rules of others alone; a
 * second run changes nothing. If a step fails, the others still run.
 *
 * @throws BucketError if S3 cannot be used at all, TypeError for misused options
 */
export async function setup(options: SetupOptions): Promise<SetupStep[]> {
  return await eachSetting(options, 'setup()', async (finding) => {
    if (finding.state === 'unchanged') return finding
    const detail = (await finding.apply()) ?? finding.detail
    return { state: finding.state === 'create' ? 'created' : 'changed', detail }
  })
}

async function eachSetting<Done extends string>(
  options: SetupOptions,
  caller: string,
  settle: (finding: Finding) => Promise<Pick<Step<Done>, 'state' | 'detail'>>,
): Promise<Step<Done>[]> {
  const {
    origins,
    prefix,
    lifecycleDays,
    journal: journalOptions,
    skip,
    ...target
  } = parseBucketOptions(SetupSchema, options, caller)
  const place = placeJournal(target.bucket, journalOptions)
  const left = new Set<SettingName>(skip)
  if (place.bucket !== target.bucket) left.add('journal')
  const wanted = { origins, prefix, lifecycleDays, journalPrefix: place.prefix }
  const settings = SETTINGS.filter(({ name }) => !left.has(name))
  return await withBucket(target, async (bucket) => {
    const run = async (setting: Setting): Promise<Step<Done>> => {
      const finding = await setting.inspect(bucket, wanted)
      return { setting: setting.name, ...(await settle(finding)) }
    }
    let isThere = true
    const first = await run(existence).catch((error: unknown) => {
      // Credentials that may not list the bucket may still be allowed to set it up.
      isThere = error instanceof BucketError && error.action === 's3:ListBucket'
      return explain(error, existence, bucket, CREATION)
    })
    const steps = [first]
    for (const setting of settings) {
      const step = isThere
        ? await run(setting).catch((error: unknown) => explain(error, setting, bucket))
        : { setting: setting.name, state: 'skipped' as const, detail: 'There is no bucket.' }
      steps.push(step)
    }
    return steps
  })
}

/** Failures of the first step alone; any other concerns all steps. */
const CREATION: readonly BucketErrorCode[] = [
  'access_denied',
  'invalid_bucket_name',
  'bucket_taken',
  's3_refused',
  'not_supported',
]

/** @throws an error that is not of this step alone */
function explain(
  error: unknown,
  { name: setting, instead }: Setting,
  { bucket }: OpenBucket,
  expected?: readonly BucketErrorCode[],
): Step<never> {
  if (!(error instanceof BucketError) || (expected && !expected.includes(error.code))) throw error
  const { code, message: detail, action } = error
  if (code === 'not_supported') return { setting, state: 'skipped', detail, fix: instead }
  if (code !== 'access_denied') return { setting, state: 'failed', detail }
  return { setting, state: 'failed', detail, fix: `Allow ${action} on arn:aws:s3:::${bucket}.` }
}
