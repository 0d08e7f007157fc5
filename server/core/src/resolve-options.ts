// Options checked and completed with their defaults.
import { z } from 'zod'
import { describeMisuse, OptionError } from './describe-misuse.js'
import type { CommonOptions } from './options.js'
import { plain } from './plain-object.js'
import { createQuotaCounter, type QuotaCounter } from './quota/quota.js'
import { QuotaSchema } from './quota/quota-options.js'
import { LimitsSchema, type ResolvedLimits } from './rules/limits.js'
import {
  findKeyFault,
  isOwnerSegment,
  MAX_DEFAULT_KEY_TAIL_BYTES,
  MAX_KEY_BYTES,
} from './rules/object-key.js'
import { ObjectOptionsSchema } from './rules/object-options.js'
import { MAX_PART_SIZE, MIN_PART_SIZE, USUAL_PART_SIZE } from './rules/plan-parts.js'
import { bucketName } from './s3/bucket-name.js'
import { checkOneClient, clientSchema, connectionShape } from './s3/connection-options.js'
import { countConnections, HostsSchema } from './s3/hosts.js'
import { type JournalPlace, JournalSchema, placeJournal } from './s3/journal-place.js'
import { StsSchema } from './s3/temporary-credentials.js'
import { checkSecrets } from './tickets/secrets.js'

const functionSchema = <F>() => z.custom<F>((value) => typeof value === 'function', 'must be a function')
const hook = <Name extends keyof CommonOptions<unknown>>(_name: Name) =>
  functionSchema<NonNullable<CommonOptions<unknown>[Name]>>().optional()

const MAX_KEY_PREFIX_BYTES = MAX_KEY_BYTES - MAX_DEFAULT_KEY_TAIL_BYTES

export const keyPrefixSchema = z.string().superRefine((prefix, issues) => {
  const refuse = (message: string) => issues.addIssue({ code: 'invalid_format', format: 'prefix', message })
  const fault = prefix === '' ? undefined : findKeyFault(prefix)
  if (fault) refuse(fault)
  else if (Buffer.byteLength(prefix) > MAX_KEY_PREFIX_BYTES) {
    refuse(`must have at most ${MAX_KEY_PREFIX_BYTES} bytes`)
  }
})

// The `Origin` that a browser sends has no path and no trailing slash.
export const originSchema = z.stringFormat(
  'origin',
  (origin) => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin,
  'must be an origin such as https://www.example.com',
)

export const OptionsSchema = z.strictObject({
  bucket: z.union([bucketName, z.tuple([bucketName], bucketName)], 'must be a name or a list of names'),
  owner: z.union(
    [z.literal('anonymous'), functionSchema<Exclude<CommonOptions<unknown>['owner'], 'anonymous'>>()],
    "must be a function that names who uploads, or 'anonymous' for public uploads",
  ),
  authorize: hook('authorize'),
  limits: plain(LimitsSchema).prefault({}),
  quota: QuotaSchema.optional(),
  object: plain(ObjectOptionsSchema).default({}),
  verifyContent: z.boolean().default(false),
  onVerify: hook('onVerify'),
  onCreate: hook('onCreate'),
  onComplete: hook('onComplete'),
  onAbort: hook('onAbort'),
  onError: hook('onError'),
  allowedOrigins: z.array(originSchema).default([]),
  journal: JournalSchema,
  finishEverySeconds: z.union([z.literal(0), z.int().min(10).max(3600)]).default(60),
  companion: z.boolean().default(false),
  sts: StsSchema.optional(),
  secrets: z.unknown().optional(),
  path: z
    .string()
    .regex(/^\/(?:[^?#\s]*[^/?#\s])?$/, 'must start with a slash and not end with one')
    .default('/uploads'),
  name: z.string().min(1).max(128).optional(),
  keyPrefix: keyPrefixSchema.default(''),
  key: hook('key'),
  partSize: z.int().min(MIN_PART_SIZE).max(MAX_PART_SIZE).optional(),
  multipartThreshold: z.int().min(0).max(MAX_PART_SIZE).optional(),
  singleUpload: z.enum(['form', 'put']).default('form'),
  checksum: z.enum(['md5', 'crc64nvme', 'none']).default('md5'),
  urlExpiresInSeconds: z.int().min(1).max(604_800).default(3600),
  ticketExpiresInSeconds: z.int().min(60).max(31_536_000).default(604_800),
  s3TimeoutMs: z.int().min(100).max(600_000).default(60_000),
  ...connectionShape,
  hosts: HostsSchema.default([]),
  signingClient: clientSchema.optional(),
})

type Parsed = z.infer<typeof OptionsSchema>

export type ResolvedOptions = Omit<
  Parsed,
  'bucket' | 'secrets' | 'multipartThreshold' | 'quota' | 'journal'
> & {
  /** The first is the default. */
  buckets: readonly [string, ...string[]]
  multipartThreshold: number
  /** Number of connections that a browser opens to S3. */
  connections: number
  quota: QuotaCounter | undefined
  journal: JournalPlace
  /** `undefined`: `app.keys`. */
  secrets: [string, ...string[]] | undefined
}

/** @throws TypeError that names the option, its bound and what came */
export function resolveOptions(options: unknown): ResolvedOptions {
  const result = OptionsSchema.safeParse(options)
  if (!result.success) throw new OptionError(describeMisuse(result.error, options, 'partway()'))
  const { bucket, secrets, quota, journal, ...resolved } = result.data
  const buckets: ResolvedOptions['buckets'] = typeof bucket === 'string' ? [bucket] : bucket
  checkOneClient(resolved, 'partway()')
  return {
    ...resolved,
    multipartThreshold: chooseThreshold(result.data),
    connections: countConnections(resolved.hosts),
    buckets,
    journal: checkPlace(placeJournal(buckets[0], journal), buckets, resolved.keyPrefix),
    limits: capBySize(resolved.limits, quota?.bytes),
    quota: quota && createQuotaCounter(quota, resolved.ticketExpiresInSeconds),
    secrets: secrets === undefined ? undefined : checkSecrets(secrets, 'partway(): option secrets'),
  }
}

// A signed form can be sent again until it expires, which would replace verified content.
function chooseThreshold({ verifyContent, onVerify, multipartThreshold, partSize }: Parsed): number {
  if (!verifyContent && !onVerify) return multipartThreshold ?? partSize ?? USUAL_PART_SIZE
  if (!multipartThreshold) return 0
  throw new TypeError(
    'partway(): option multipartThreshold must be 0 with verifyContent or onVerify: only what goes in parts ' +
      `cannot be replaced after it is verified, got ${multipartThreshold}`,
  )
}

/** Keeps the journal apart from default keys, and from the prefixes of temporary credentials: neither may be below the other. */
function checkPlace(
  journal: JournalPlace,
  buckets: ResolvedOptions['buckets'],
  keyPrefix: string,
): JournalPlace {
  const { bucket, prefix } = journal
  const [behind = ''] = prefix.slice(keyPrefix.length).split('/')
  const isAmongKeys = prefix.startsWith(keyPrefix) && isOwnerSegment(behind)
  if (!buckets.includes(bucket) || !(isAmongKeys || keyPrefix.startsWith(prefix))) return journal
  throw new TypeError(
    'partway(): option journal.prefix must not be where keys of uploads are: start it with a dot, or give the journal a bucket ' +
      `of its own, got "${prefix}" with keyPrefix "${keyPrefix}"`,
  )
}

// A file larger than the quota can never be uploaded, so the limits refuse it at once.
function capBySize(limits: ResolvedLimits, quotaBytes = Number.POSITIVE_INFINITY): ResolvedLimits {
  return { ...limits, maxFileSize: Math.min(limits.maxFileSize, quotaBytes) }
}
