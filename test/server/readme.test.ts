// The README of the package lists what there is: every error code, option and route.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ERROR_CODES, type PartwayOptions, partway } from '@partway/koa'
import { describe, expect, test } from 'vitest'
import { QuotaSchema } from '../../server/core/src/quota/quota-options.js'
import { OptionsSchema } from '../../server/core/src/resolve-options.js'
import { LimitsSchema } from '../../server/core/src/rules/limits.js'
import { ObjectOptionsSchema } from '../../server/core/src/rules/object-options.js'
import { StsSchema } from '../../server/core/src/s3/temporary-credentials.js'
import { secrets } from './serve.js'

const readme = await readFile(join(import.meta.dirname, '../../server/koa/README.md'), 'utf8')

test('every error code, with its status and meaning', () => {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
  )
  const errors = readme.slice(readme.indexOf('## Errors'), readme.indexOf('## Permissions'))
  const documented = errors.split('\n').filter((line) => line.startsWith('| `'))
  expect(documented.map((row) => row.replace(/ +\|/g, ' |'))).toEqual(rows)
})

const options = { bucket: 'media', owner: 'anonymous', secrets } as const

const MIB = 1024 ** 2
/** What is given here, or is two in one row: the bounds of a file's size. */
const GIVEN = { ...options, files: 1, maxFileSize: 0, minFileSize: 0 }

/** A section's table rows that begin with a name. */
function rowsOf(heading: string): string[] {
  const start = readme.indexOf(`\n## ${heading}\n`)
  const section = readme.slice(start, readme.indexOf('\n## ', start + 1))
  return section.split('\n').filter((line) => line.startsWith('| `'))
}

/** The names in the first column of a section's tables. */
function namesIn(heading: string): string[] {
  const cells = rowsOf(heading).flatMap((line) => /^\| (`.*?`) \|/.exec(line)?.[1] ?? [])
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name as string)).sort()
}

test.each([
  ['Options', OptionsSchema],
  ['Limits', LimitsSchema],
  ['Quota', QuotaSchema],
  ['Objects', ObjectOptionsSchema],
  ['Temporary credentials', StsSchema],
])('every field of %s', (heading, schema) => {
  expect(namesIn(heading)).toEqual(Object.keys(schema.shape).sort())
})

/** As a table says it: `'md5'`, `false`, 3600, 8 MiB. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return `\`'${value}'\``
  if (typeof value !== 'number') return `\`${JSON.stringify(value)}\``
  return value >= MIB ? `${value / MIB} MiB` : String(value)
}

const isSimple = (value: unknown) => typeof value !== 'object' || Array.isArray(value)
const defaults = {
  Options: OptionsSchema.parse(options),
  Limits: LimitsSchema.parse({}),
  Quota: QuotaSchema.parse({ files: 1 }),
}

describe.each(Object.entries(defaults))('defaults of %s', (heading, resolved) => {
  const chosen = Object.entries(resolved).filter(([name, value]) => !(name in GIVEN) && isSimple(value))
  test.each(chosen)('%s: %j', (name, value) => {
    const [row = ''] = rowsOf(heading).filter((row) => row.startsWith(`| \`${name}\` |`))
    const [written = ''] = /[^|]+(?= \|$)/.exec(row) ?? []
    // Some also say it in another unit, behind it.
    expect(written.trim().replace(/ \(.*\)$/, '')).toBe(inWords(value))
  })
})

test('every route', () => {
  const section = readme.slice(readme.indexOf('## Routes'), readme.indexOf('## Errors'))
  const documented = [...section.matchAll(/^\| `(GET|POST|DELETE) (\S+)`/gm)].map(([, ...route]) =>
    route.join(' '),
  )
  const routesWith = (more: Partial<PartwayOptions>) => {
    const { router } = partway({ ...options, path: '/', ...more } as PartwayOptions) as unknown as {
      router: { stack: { methods: string[]; path: string }[] }
    }
    return router.stack.map(({ methods, path }) => `${methods.at(-1)} ${path}`)
  }
  expect(documented.sort()).toEqual([...new Set(routesWith({ companion: true, sts: {} }))].sort())
})

test('every test that the threat model names', () => {
  const start = readme.indexOf('## Threat model')
  const section = readme.slice(start, readme.indexOf('\n## ', start))
  const named = [...section.matchAll(/`([a-z0-9/-]+(?:\.test\.ts|\/))`/g)].map(([, path]) => path as string)
  expect(named.length).toBeGreaterThan(20)
  const missing = named.filter(
    (path) => path !== 'test/server/' && !existsSync(join(import.meta.dirname, path)),
  )
  expect(missing).toEqual([])
})
