// What the pages about the server say of options, refusals and tests is so. The whole lists are generated: docs/reference/.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ERROR_CODES } from '@partway/koa'
import { describe, expect, test } from 'vitest'
import { QuotaSchema } from '../../server/core/src/quota/quota-options.js'
import { LimitsSchema } from '../../server/core/src/rules/limits.js'
import { ObjectOptionsSchema } from '../../server/core/src/rules/object-options.js'
import { StsSchema } from '../../server/core/src/s3/temporary-credentials.js'

const repository = join(import.meta.dirname, '../..')
const read = (path: string) => readFile(join(repository, path), 'utf8')

/** A section's table rows that begin with a name: the names, and the last cell. */
async function rowsOf(page: string, heading: string): Promise<{ names: string[]; last: string }[]> {
  const text = await read(page)
  const start = text.indexOf(`\n## ${heading}\n`)
  if (start < 0) throw new Error(`${page} has no section “${heading}”`)
  const section = text.slice(start, text.indexOf('\n## ', start + 1))
  return section.split('\n').flatMap((line) => {
    if (!line.startsWith('| `')) return []
    const cells = line.split(' | ')
    const names = [...(cells[0] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
    return { names, last: (cells.at(-1) ?? '').replace(/ ?\|$/, '') }
  })
}

describe.each([
  ['docs/who-may-upload.md', 'Bound every file: `limits`', LimitsSchema.shape],
  ['docs/quotas.md', 'What counts, and for how long', QuotaSchema.shape],
  ['docs/after-the-upload.md', 'Keys, metadata and headers of objects', ObjectOptionsSchema.shape],
  ['docs/companion.md', 'Temporary credentials', StsSchema.shape],
])('%s: %s', (page, heading, shape) => {
  test('each field in the table is one', async () => {
    const names = (await rowsOf(page, heading)).flatMap((row) => row.names)
    expect(names.length).toBeGreaterThan(3)
    expect(names.filter((name) => !(name in shape))).toEqual([])
  })
})

/** As a table says it: `'refuse'`, 86400. */
const inWords = (value: unknown) => (typeof value === 'string' ? `\`'${value}'\`` : String(value))

test.each(['windowSeconds', 'onStoreError'] as const)('the default of quota.%s', async (name) => {
  const rows = await rowsOf('docs/quotas.md', 'What counts, and for how long')
  const row = rows.find(({ names }) => names[0] === name)
  // Some also say it in another unit, behind it.
  expect(row?.last.replace(/ \(.*\)$/, '')).toBe(inWords(QuotaSchema.parse({ files: 1 })[name]))
})

const pages = (await readdir(join(repository, 'docs')))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)

test.each([...pages, 'server/koa/README.md', 'server/core/README.md'])(
  'refusals in %s have their status',
  async (page) => {
    const text = (await read(page)).replace(/\s+/g, ' ')
    const statuses = new Map<string, number>(
      Object.entries(ERROR_CODES).map(([code, { status }]) => [code, status]),
    )
    for (const [, status, code = ''] of text.matchAll(/\b([45]\d\d) `([a-z]+(?:_[a-z]+)*)`/g)) {
      // A host's own.
      if (code !== 'payment_required') expect([code, Number(status)]).toEqual([code, statuses.get(code)])
    }
  },
)

test('every test that the threat model names', async () => {
  const page = 'docs/security.md'
  const links = [...(await read(page)).matchAll(/\]\((\.\.\/test\/[^)]+)\)/g)].map(([, path = '']) => path)
  expect(new Set(links).size).toBeGreaterThan(25)
  expect(links.filter((path) => !existsSync(join(repository, dirname(page), path)))).toEqual([])
})

test('every attack has a test', async () => {
  const [, threats = ''] = (await read('docs/security.md')).split('\n## Threats\n')
  const rows = threats.split('\n').filter((line) => /^\| (?!attack|---)/.test(line))
  expect(rows.length).toBeGreaterThan(28)
  expect(rows.filter((row) => !row.split(' | ').at(-1)?.includes('.test.ts)'))).toEqual([])
})
