// The README of the package lists what there is: every option with its default, every error code, every text.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ERROR_CODES } from '@partway/koa'
import { createGenerator, type Schema } from 'ts-json-schema-generator'
import { expect, test } from 'vitest'
import { defaultLocale, notices } from '../../plugin/src/locale.js'
import { resolveOptions } from '../../plugin/src/uppy/options.js'

const plugin = join(import.meta.dirname, '../../plugin')
const readme = await readFile(join(plugin, 'README.md'), 'utf8')

/** The cells of the table rows that begin with a name, from one text of the README to another. */
function rowsBetween(start: string, end: string): string[][] {
  const [, section = ''] = readme.split(start)
  const rows = (section.split(end)[0] ?? '').split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((row) => row.slice(2, -2).split(/ ?\| /))
}

/** The names in a cell, which may have several. */
const namesIn = (cell = '') => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name as string)
const firstNames = (rows: string[][]) => rows.flatMap(([cell]) => namesIn(cell))

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
const documented = rowsBetween('\n## Options\n', '\n## ')
const { endpoint: _, retry, ...resolved } = resolveOptions({ endpoint: '/uploads' })
/** What the plugin does without the option. */
const defaults: Record<string, unknown> = { ...resolved, ...retry }
/** Of options for which it fills in nothing itself. */
const words = { endpoint: 'required', retry: '', locale: 'English', id: "`'Partway'`" }

/** @param written as in the sources, with `_` between digits */
function readValue(written: string): unknown {
  if (written === 'Infinity') return Number.POSITIVE_INFINITY
  return JSON.parse(written.replace(/(?<=\d)_(?=\d)/g, '').replaceAll("'", '"'))
}

test('every option, and no other', () => {
  expect(firstNames(documented).sort()).toEqual(Object.keys(fields).sort())
  expect(Object.keys({ ...defaults, ...words }).sort()).toEqual(Object.keys(fields).sort())
})

test.each(Object.entries(words))('%s: "%s" in place of a default', (option, word) => {
  const [row] = documented.filter(([name]) => name === `\`${option}\``)
  expect(row?.[1]).toBe(word)
})

test.each(Object.entries(defaults))('%s: %j by default, as the README and the types say', (option, value) => {
  const [row] = documented.filter(([name]) => name === `\`${option}\``)
  expect(readValue(row?.[1]?.replaceAll('`', '') ?? '')).toEqual(value)
  const described = fields[option]?.default
  const isNumber = typeof described === 'string' && /^[\d_]+$/.test(described)
  expect(isNumber ? readValue(described) : described).toEqual(value)
})

test("every error code of the plugin's own, and no other", () => {
  const codes = Object.keys(defaultLocale.strings).filter((key) => !(key in notices))
  const own = rowsBetween("\nThe plugin's own:\n", "\nThe server's, ")
  expect(firstNames(own).sort()).toEqual(codes.sort())
})

test('what it does about an answer of the server is said of codes that the server has', () => {
  const codes = firstNames(rowsBetween("\nThe server's, ", '\n## '))
  expect(codes.filter((code) => !(code in ERROR_CODES))).toEqual([])
  expect(codes.length).toBeGreaterThan(15)
})

test('every text that is no error, with the values that fill it', () => {
  const [row] = documented.filter(([name]) => name === '`locale`')
  const said = [...(row?.[2] ?? '').matchAll(/`(\w+)`(?: \((`%\{.*?)\))?/g)]
  const valuesIn = (text = '') => [...text.matchAll(/%\{(\w+)\}/g)].map(([, name]) => name)
  expect(said.map(([, name, values]) => [name, valuesIn(values)])).toEqual(
    Object.entries(notices).map(([name, text]) => [name, valuesIn(text)]),
  )
})
