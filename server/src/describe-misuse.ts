// What is wrong with the options that a host gave, in a sentence that names the option, its bound and what came.
import type { z } from 'zod'

/** A mistake in the options, as against one in the code. */
export class OptionError extends TypeError {}

/** @param caller the function that was given the options, such as `partway()` */
export function describeMisuse({ issues: [issue] }: z.ZodError, options: unknown, caller: string): string {
  const path = issue?.path ?? []
  if (issue?.code === 'unrecognized_keys') {
    return `${caller}: there is no option ${[...path, issue.keys.join(', ')].join('.')}`
  }
  const value = path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    options,
  )
  return `${caller}: option ${path.join('.') || 'options'}: ${issue?.message}, got ${showValue(value)}`
}

// Numbers and strings help to find the mistake; an object may hold a secret.
function showValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
