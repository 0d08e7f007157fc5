// Options checked and completed with their defaults.
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { z } from 'zod'
import { findKeyFault } from './object-key.js'
import type { CommonOptions, PartwayOptions } from './options.js'
import { MAX_PART_SIZE, MIB, MIN_PART_SIZE } from './plan-parts.js'
import { deriveTicketKeys } from './secrets.js'
import type { TicketRules } from './ticket.js'

const functionSchema = <F>() => z.custom<F>((value) => typeof value === 'function', 'must be a function')

const keyPrefixSchema = z.string().superRefine((prefix, issues) => {
  const fault = prefix === '' ? undefined : findKeyFault(prefix)
  if (fault) issues.addIssue(fault)
  else if (Buffer.byteLength(prefix) > 800) issues.addIssue('must have at most 800 bytes')
})

const OptionsSchema = z.strictObject({
  bucket: z.string().min(1),
  owner: z.union(
    [z.literal('anonymous'), functionSchema<Exclude<CommonOptions['owner'], 'anonymous'>>()],
    "must be a function that names who uploads, or 'anonymous' for public uploads",
  ),
  secrets: z.unknown().optional(),
  path: z
    .string()
    .regex(/^\/(?:[^?#\s]*[^/?#\s])?$/, 'must start with a slash and not end with one')
    .default('/uploads'),
  keyPrefix: keyPrefixSchema.default(''),
  key: functionSchema<NonNullable<CommonOptions['key']>>().optional(),
  partSize: z
    .int()
    .min(MIN_PART_SIZE)
    .max(MAX_PART_SIZE)
    .default(8 * MIB),
  multipartThreshold: z.int().min(0).max(MAX_PART_SIZE).optional(),
  singleUpload: z.enum(['form', 'put']).default('form'),
  urlExpiresInSeconds: z.int().min(1).max(604_800).default(3600),
  ticketExpiresInSeconds: z.int().min(60).max(31_536_000).default(604_800),
  s3TimeoutMs: z.int().min(100).max(600_000).default(60_000),
  client: z
    .custom<S3Client>(
      (value) => typeof value === 'object' && value !== null && 'send' in value && 'config' in value,
    )
    .optional(),
  region: z.string().min(1).optional(),
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  credentials: z
    .custom<NonNullable<S3ClientConfig['credentials']>>((value) =>
      ['object', 'function'].includes(typeof value),
    )
    .optional(),
  forcePathStyle: z.boolean().optional(),
})

export type ResolvedOptions = Omit<z.infer<typeof OptionsSchema>, 'secrets' | 'multipartThreshold'> & {
  multipartThreshold: number
  /** `undefined`: to be made from `app.keys`. */
  ticketKeys: TicketRules['keys'] | undefined
}

/** @throws TypeError that names the option, its bound and what came */
export function resolveOptions(options: PartwayOptions): ResolvedOptions {
  const result = OptionsSchema.safeParse(options)
  if (!result.success) throw new TypeError(describeMisuse(result.error, options))
  const { secrets, ...resolved } = result.data
  const { client, region, endpoint, credentials, forcePathStyle } = resolved
  if (client && (region ?? endpoint ?? credentials ?? forcePathStyle) !== undefined) {
    throw new TypeError(
      'partway(): give either client, or region, endpoint, credentials and forcePathStyle, not both',
    )
  }
  return {
    ...resolved,
    multipartThreshold: resolved.multipartThreshold ?? resolved.partSize,
    ticketKeys: secrets === undefined ? undefined : deriveTicketKeys(secrets, 'partway(): option secrets'),
  }
}

function describeMisuse({ issues: [issue] }: z.ZodError, options: unknown): string {
  if (issue?.code === 'unrecognized_keys') return `partway(): there is no option ${issue.keys.join(', ')}`
  const name = String(issue?.path[0] ?? 'options')
  const value = typeof options === 'object' && options !== null ? Reflect.get(options, name) : options
  return `partway(): option ${name}: ${issue?.message}, got ${showValue(value)}`
}

// Numbers and strings help to find the mistake; an object may hold a secret.
function showValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
