// What docstrings say of defaults, bounds and reactions, and the reference after them, is what the code does.
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { PartwayErrorCode } from '../../plugin/src/error-codes.js'
import { PartwayError, TryFailure } from '../../plugin/src/errors.js'
import { readItem } from '../../plugin/src/server/call-server.js'
import { type AfterRefusal, decideAfterRefusal } from '../../plugin/src/upload/decide.js'
import { type PartwayOptions, resolveOptions } from '../../plugin/src/uppy/options.js'
import { ERROR_CODES, type ErrorCode } from '../../server/core/src/errors.js'
import { QuotaSchema } from '../../server/core/src/quota/quota-options.js'
import { OptionsSchema } from '../../server/core/src/resolve-options.js'
import { LimitsSchema } from '../../server/core/src/rules/limits.js'
import { ObjectOptionsSchema } from '../../server/core/src/rules/object-options.js'
import { JournalSchema } from '../../server/core/src/s3/journal-place.js'
import { StsSchema } from '../../server/core/src/s3/temporary-credentials.js'
import { readReactions } from './reference/errors.js'
import { readPluginOptions, readRetry } from './reference/plugin-options.js'
import type { Field } from './reference/read-types.js'
import { readNested, readServerOptions } from './reference/server-options.js'

/** A number as a docstring may say it: 604,800, 5 MiB. */
function inWords(number: number): string[] {
  const inGiB = number / 1024 ** 3
  const words = [number.toLocaleString('en'), `${number / 1024 ** 2} MiB`, `${inGiB} GiB`]
  return [...words, `10,000 × ${inGiB / 10_000} GiB`, ...(number === Infinity ? ['Infinity'] : [])]
}

const saysNumber = (text: string, number: number) =>
  inWords(number).some((words) => new RegExp(`(?<![\\d,])${words}(?![\\d,]*\\d)`).test(text))

/** @returns what the code has between a default's start and what is said behind it in brackets */
function readDefault({ tags }: Field): unknown {
  const written = tags.default?.replace(/ \(.*\)$/, '').replace(/(?<=\d)_(?=\d)/g, '')
  if (written === undefined || written === 'Infinity') return written && Number.POSITIVE_INFINITY
  return /^(['[{\d]|true|false)/.test(written) && !written.includes(' ')
    ? JSON.parse(written.replaceAll("'", '"'))
    : written
}

interface JsonSchema {
  default?: unknown
  anyOf?: JsonSchema[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
}

function boundsOf({ anyOf = [], minimum, maximum, minLength, maxLength, maxItems }: JsonSchema): number[] {
  const own = [minimum, maximum, minLength, maxLength, maxItems].filter((bound) => bound !== undefined)
  // That there has to be something, and the largest whole number, need not be said.
  const told = own.filter((bound) => bound > 1 && bound !== Number.MAX_SAFE_INTEGER)
  return [...told, ...anyOf.flatMap(boundsOf)]
}

const nested = readNested()
describe.each<[string, Field[], z.ZodType]>([
  ['the server', readServerOptions(), OptionsSchema],
  ['limits', nested.limits ?? [], LimitsSchema],
  ['quota', nested.quota ?? [], QuotaSchema],
  ['object', nested.object ?? [], ObjectOptionsSchema],
  ['journal', nested.journal ?? [], JournalSchema],
  ['sts', nested.sts ?? [], StsSchema],
])('options of %s', (_, fields, schema) => {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const checked = Object.entries(properties) as [string, JsonSchema][]
  const find = (option: string) => fields.find(({ name }) => name === option) as Field

  test('are those that are checked', () => {
    expect(fields.map(({ name }) => name).sort()).toEqual(checked.map(([name]) => name).sort())
  })

  test.each(checked.filter(([, property]) => boundsOf(property).length > 0))(
    'the bounds of %s',
    (name, property) => {
      const { text, tags } = find(name)
      expect(boundsOf(property).filter((bound) => !saysNumber(`${text} ${tags.default}`, bound))).toEqual([])
    },
  )

  const isSimple = (value: unknown) =>
    value !== undefined && (typeof value !== 'object' || Array.isArray(value))
  const simple = checked.filter(([, property]) => isSimple(property.default))
  test.each(simple)('the default of %s', (name, { default: value }) => {
    const said = readDefault(find(name))
    if (typeof said === 'string' && typeof value === 'number') expect(inWords(value)).toContain(said)
    else expect(said).toEqual(value)
  })
})

describe('options of the plugin', () => {
  const { endpoint: _, retry, ...settings } = resolveOptions({ endpoint: '/uploads' })
  const defaults = Object.entries({ ...settings, ...retry })
  const all = [...readPluginOptions(), ...readRetry()]
  test.each(defaults)('the default of %s', (name, value) => {
    expect(all.filter((field) => field.name === name).map(readDefault)).toEqual([value])
  })

  const numbers = [
    ...readPluginOptions().map((field) => ({ field, wrong: { [field.name]: -1 } })),
    ...readRetry().map((field) => ({ field, wrong: { retry: { [field.name]: -1 } } })),
  ].filter(({ field }) => field.type === 'number')

  test.each(numbers.map(({ field, wrong }) => [field.name, field.text, wrong] as const))(
    'the bounds of %s',
    (_, text, wrong) => {
      const options = { endpoint: '/uploads', ...wrong } as PartwayOptions
      const refuse = () => resolveOptions(options)
      expect(refuse).toThrow(/from \d+/)
      const [, expected = ''] = /must be (.*), got/.exec(messageOf(refuse)) ?? []
      // The lower bound of `maxDelayMs` is another option.
      const bounds = (expected.match(/\d+|Infinity/g) ?? []).map(Number).filter((bound) => bound !== 1000)
      expect(bounds.filter((bound) => !saysNumber(text, bound))).toEqual([])
    },
  )
})

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

/** By the groups of `plugin/src/error-codes.ts`: what is decided about an upload, and whether the call is tried again. */
const REACTIONS: Record<string, [AfterRefusal, 'again' | 'no']> = {
  SendAgain: ['send-again', 'no'],
  CompareAgain: ['compare-again', 'no'],
  CreateAgain: ['create-again', 'no'],
  UploadAsAnother: ['leave', 'no'],
  WaitForOwner: ['wait-for-owner', 'no'],
  TryAgain: ['fail', 'again'],
  CompleteAgain: ['fail', 'again'],
  WaitForOthers: ['fail', 'again'],
  AskHeadersAgain: ['fail', 'no'],
  Lasting: ['fail', 'no'],
  Deleted: ['fail', 'no'],
  Refused: ['fail', 'no'],
  Host: ['fail', 'no'],
}

test.each([...readReactions()])('what the plugin does about %s', (code, { group }) => {
  const { status } = ERROR_CODES[code as ErrorCode]
  const error = new PartwayError('Why.', code as PartwayErrorCode, { status })
  const decided = decideAfterRefusal({ error, isFoundByKey: true, isPicked: false, hasOwner: true })
  // The server says of these when to come back.
  const retryAfter = status === 429 || status === 503 ? { retryAfter: 5 } : {}
  let isRetried = false
  try {
    readItem({ error: 'Why.', code, status, ...retryAfter })
  } catch (failure) {
    isRetried = failure instanceof TryFailure
  }
  expect([decided, isRetried ? 'again' : 'no']).toEqual(REACTIONS[group])
})
