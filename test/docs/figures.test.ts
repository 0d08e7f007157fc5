// The figures that people read are those that were measured last, and peers say what the comparison quotes. After new
// measurements `npm run docs` puts the new figures in their places.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from './blocks/read-blocks.js'
import { fillComparison } from './figures/fill-comparison.js'
import { fillReadme } from './figures/fill-readme.js'
import { fillScaling } from './figures/fill-scaling.js'
import { readDoc, readMedians, readOutcomes } from './figures/measured.js'
import { readLine, sourcesIn } from './figures/sources.js'

const median = await readMedians()
const outcomes = await readOutcomes()

test.each([
  ['README.md', async (text: string) => fillReadme(text, median, outcomes)],
  [
    'docs/comparison.md',
    async (text: string) => fillComparison(text, await readDoc('docs/benchmarks.md'), outcomes),
  ],
  ['docs/scaling.md', async (text: string) => fillScaling(text, median)],
])('%s', async (path, fill) => {
  await expect(await fill(await readDoc(path))).toMatchFileSnapshot(join(repository, path))
})

const { devDependencies } = JSON.parse(await readFile(join(repository, 'test/package.json'), 'utf8'))
const sources = sourcesIn(await readDoc('docs/comparison.md'))

test('docs/comparison.md has sources', () => {
  expect(sources.length).toBeGreaterThan(20)
})

test.each(sources.map((source) => [`${source.release}/${source.path}:${source.line}`, source] as const))(
  '%s',
  async (_, source) => {
    expect(await readLine(source, devDependencies)).toBe(source.quoted)
  },
)

test('no sentence of the README’s first screen has over 25 words', async () => {
  const [screen = ''] = (await readDoc('README.md')).split('\n## Learn it')
  const prose = screen.replace(/^```.*?^```$|^<[^\n]*$|^ +<[^\n]*$/gms, '\n')
  const sentences = prose.split(/(?<=[.?!])\s|\n\n|\n- /).map((sentence) => sentence.trim().split(/\s+/))
  expect(sentences.filter((words) => words.length > 25)).toEqual([])
})
