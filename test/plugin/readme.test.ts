// What the package's README and the types say of defaults and texts is what the plugin does.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGenerator, type Schema } from 'ts-json-schema-generator'
import { expect, test } from 'vitest'
import { notices } from '../../plugin/src/locale.js'
import { resolveOptions } from '../../plugin/src/uppy/options.js'

const plugin = join(import.meta.dirname, '../../plugin')
const readme = await readFile(join(plugin, 'README.md'), 'utf8')

/** The cells of the rows below a heading of the README that begin with a name in backticks; without these. */
function rowsBelow(heading: string): string[][] {
  const [, section = ''] = readme.split(`\n## ${heading}\n`)
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'))
  return rows
    .map((row) => row.slice(2, -2).split(/ ?\| /))
    .map(([name = '', ...cells]) => [unquote(name), ...cells])
}

const unquote = (cell: string) => cell.replaceAll('`', '')

/** The fields of the options' type, each with the `@default` of its description; those of `retry` beside it. */
function describeOptions(): Record<string, Schema> {
  const type = 'PartwayOptions'
  const source = { path: join(plugin, 'src/options.ts'), tsconfig: join(plugin, 'tsconfig.json') }
  const settings = { type, skipTypeCheck: true, expose: 'none', topRef: false } as const
  const generator = createGenerator({ ...source, ...settings, jsDoc: 'extended', functions: 'comment' })
  const { properties } = generator.createSchema(type) as { properties: Record<string, Schema> }
  return { ...properties, ...(properties.retry?.properties as Record<string, Schema>) }
}

const fields = describeOptions()
const { endpoint: _, retry, ...resolved } = resolveOptions({ endpoint: '/uploads' })
/** What the plugin does without the option. */
const defaults: Record<string, unknown> = { ...resolved, ...retry }

/** @param written as in the sources, with `_` between digits */
function readValue(written: string): unknown {
  if (written === 'Infinity') return Number.POSITIVE_INFINITY
  return JSON.parse(written.replace(/(?<=\d)_(?=\d)/g, '').replaceAll("'", '"'))
}

test('every option has a type, and no other', () => {
  const filledInByNobody = ['endpoint', 'retry', 'locale', 'id']
  expect([...Object.keys(defaults), ...filledInByNobody].sort()).toEqual(Object.keys(fields).sort())
})

test.each(Object.entries(defaults))('%s: %j by default, as the types say', (option, value) => {
  const described = fields[option]?.default
  const isNumber = typeof described === 'string' && /^[\d_]+$/.test(described)
  expect(isNumber ? readValue(described) : described).toEqual(value)
})

test('the options that the README names, and their defaults', () => {
  const [[first, required] = [], ...others] = rowsBelow('Options')
  expect([first, required]).toEqual(['endpoint', 'required'])
  expect(others.length).toBeGreaterThan(3)
  for (const [option = '', cell = ''] of others)
    expect(readValue(unquote(cell)), option).toEqual(defaults[option])
})

test('every text that is no error', () => {
  expect(rowsBelow('Texts')).toEqual(Object.entries(notices))
})
