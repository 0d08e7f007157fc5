// Describes what is wrong with a host's options, or with what its functions returned, in a sentence that names the
// field, its bound and the value.
import { types } from 'node:util'
import type { z } from 'zod'

/** A mistake in the options, as opposed to one in the code. */
export class OptionError extends TypeError {}

/** @param caller the function that got the options, such as `partway()` */
export function describeMisuse(error: z.ZodError, options: unknown, caller: string): string {
  const { unknown, path, problem } = findProblem(error, options)
  if (unknown) return `${caller}: there is no option ${path}`
  return `${caller}: option ${path || 'options'}: ${problem}`
}

/**
 * What a function of the host returned, if `schema` takes it.
 *
 * @param name of the function, such as `authorize`
 * @throws TypeError
 */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  answer: unknown,
  name: string,
): z.output<Schema> {
  const result = schema.safeParse(answer)
  if (result.success) return result.data
  const { unknown, path, problem } = findProblem(result.error, answer)
  if (unknown) throw new TypeError(`partway(): ${name} returned ${path}, which is no field of its answer`)
  throw new TypeError(`partway(): ${name} returned ${path}: ${problem}`)
}

function findProblem({ issues: [issue] }: z.ZodError, given: unknown) {
  const path = issue?.path ?? []
  if (issue?.code === 'unrecognized_keys') {
    return { unknown: true, path: [...path, issue.keys.join(', ')].join('.') }
  }
  const value = path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    given,
  )
  return {
    unknown: false,
    path: path.join('.'),
    problem: `${issue?.message}, got ${showValue(value, issue)}`,
  }
}

// Numbers and strings help to find the mistake; objects and functions may hold a secret.
function showValue(value: unknown, issue: z.core.$ZodIssue | undefined): string {
  if (typeof value === 'string') return takesText(issue) ? JSON.stringify(value) : 'a string'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

/** Whether the schema takes a text, number or boolean. Text schemas have issues of formats; `z.custom` has `custom` ones. */
function takesText(issue: z.core.$ZodIssue | undefined): boolean {
  if (issue?.code === 'invalid_type') return ['string', 'number', 'int', 'boolean'].includes(issue.expected)
  return issue !== undefined && issue.code !== 'custom'
}

/** The kind of a value that may hold a secret. */
export function describeKind(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  return types.isProxy(value) ? 'a proxy' : `an instance of ${value.constructor?.name ?? 'Object'}`
}
