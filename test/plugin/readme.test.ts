// What the README and the task pages say of options, methods and events is what the plugin does. The reference has all of
// them: see `docs/reference.test.ts` and `docs/reference-facts.test.ts`.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import Partway from '../../plugin/src/index.js'
import { resolveOptions } from '../../plugin/src/uppy/options.js'

const repository = join(import.meta.dirname, '../..')
const readme = await readFile(join(repository, 'plugin/README.md'), 'utf8')
const largeFiles = await readFile(join(repository, 'docs/large-files.md'), 'utf8')
const reference = await readFile(join(repository, 'docs/reference/plugin-options.md'), 'utf8')

/** The first two cells of the rows between two texts that begin with a name in backticks, without these. */
function rowsBetween(text: string, start: string, end: string): [name: string, cell: string][] {
  const section = text.split(start)[1]?.split(end)[0] ?? ''
  const rows = [...section.matchAll(/^\| `(.+?)` \| (.*?) \|/gm)]
  expect(rows.length, start).toBeGreaterThan(2)
  return rows.map(([, name = '', cell = '']) => [name, cell.replaceAll('`', '')])
}

const { endpoint: _, retry, ...resolved } = resolveOptions({ endpoint: '/uploads' })
const ofRetry = Object.entries(retry).map(([name, value]) => [`retry.${name}`, value])
/** What the plugin does without the option. */
const defaults: Record<string, unknown> = { ...resolved, ...Object.fromEntries(ofRetry) }

/** @param written as in the sources, with `_` between digits */
const readValue = (written: string): unknown =>
  JSON.parse(written.replace(/(?<=\d)_(?=\d)/g, '').replaceAll("'", '"'))

test('defaults of options', () => {
  const [endpoint, ...inReadme] = rowsBetween(readme, '\n## Options\n', '\n## ')
  expect(endpoint).toEqual(['endpoint', 'required'])
  const onPage = rowsBetween(largeFiles, '\nOf the plugin; ', '\nOf the server; ')
  for (const [name, cell] of [...inReadme, ...onPage]) expect(readValue(cell), name).toEqual(defaults[name])
})

test('methods', () => {
  const own = Object.getOwnPropertyNames(Partway.prototype)
  const methods = rowsBetween(readme, '\n## Methods\n', '\n## ').map(([name]) => name.replace(/\(.*/, ''))
  const others = ['constructor', 'install', 'uninstall']
  expect(methods.sort()).toEqual(own.filter((name) => !others.includes(name)).sort())
})

test('events', () => {
  const ofReference = rowsBetween(reference, '\n## Events\n', '\n### ').map(([name]) => name)
  const told = rowsBetween(readme, '\n## Events\n', '\n## ').map(([name]) => name)
  expect([...told, 'partway:unfinished-changed'].sort()).toEqual(ofReference.sort())
  expect(readme).toContain('`partway:unfinished-changed`')
})
