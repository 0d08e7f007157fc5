// Applies the decision of `authorize` on a file. Anything but a documented decision is a mistake in the host's code, and an
// error.
import { z } from 'zod'
import { describeKind, parseAnswer } from '../describe-misuse.js'
import { isPlain, plain, withoutUndefined } from '../plain-object.js'
import type { ResolvedOptions } from '../resolve-options.js'
import { type FileLimits, FileLimitsSchema } from './limits.js'
import { type ObjectOptions, ObjectOptionsSchema } from './object-options.js'
import { readRefusal } from './refusal.js'

// `limits` and `object` are validated after they are merged.
const OverridesSchema = z
  .strictObject({
    bucket: z.string(),
    key: z.string(),
    metadata: plain(z.record(z.string(), z.string())),
    limits: plain(z.custom<FileLimits>()),
    object: plain(z.custom<ObjectOptions>()),
  })
  .partial()

const MergedSchema = z.object({ limits: FileLimitsSchema, object: ObjectOptionsSchema })

/**
 * The options for one file, with the overrides from `authorize`.
 *
 * @throws PartwayError the refusal
 * @throws TypeError for an invalid decision, or a value out of bounds
 */
export function applyDecision(decision: unknown, options: Pick<ResolvedOptions, 'limits' | 'object'>) {
  const { limits, object, ...overrides } = readDecision(decision)
  const { maxFilesPerRequest: _, ...fileLimits } = options.limits
  // Most decisions change neither, and the options have been parsed.
  if (!limits && !object) return { ...overrides, limits: fileLimits, object: options.object }
  const merged = {
    limits: { ...fileLimits, ...withoutUndefined(limits ?? {}) },
    object: { ...options.object, ...withoutUndefined(object ?? {}) },
  }
  return { ...overrides, ...parseAnswer(MergedSchema, merged, 'authorize') }
}

function readDecision(decision: unknown): z.infer<typeof OverridesSchema> {
  if (decision === true) return {}
  const refusal = readRefusal(decision, 'authorize', 'refused')
  if (refusal) throw refusal
  if (isPlain(decision)) return parseAnswer(OverridesSchema, decision, 'authorize')
  throw new TypeError(
    `partway(): authorize must return true, false or an object as documented, got ${describeKind(decision)}`,
  )
}
