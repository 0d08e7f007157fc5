// Plain objects. In any other (a Map, a class instance, a proxy) a schema sees less than the host meant.
import { types } from 'node:util'
import { z } from 'zod'

/**
 * Whether the value is an object literal or the like: all its fields are its own, enumerable, and named by strings. None is
 * `__proto__`, which copies leave out.
 */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Only the prototype of object literals has this method itself, in every realm, such as a test runner's.
  const isLiteral = prototype === null || Object.hasOwn(prototype as object, 'isPrototypeOf')
  if (!isLiteral || Object.hasOwn(value, '__proto__')) return false
  return Reflect.ownKeys(value).length === Object.keys(value).length
}

/** `schema`, for plain objects only. */
export function plain<Schema extends z.ZodType<unknown, object>>(schema: Schema) {
  return z.custom<object>(isPlain, 'must be a plain object').pipe(schema)
}

type Defined<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> }

/** Fields merged into options must not replace them with `undefined`. */
export function withoutUndefined<Fields extends object>(fields: Fields): Partial<Defined<Fields>> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Partial<Defined<Fields>>
}
