// What the README says of speed is what was measured last.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFile(new URL(path, root), 'utf8')

/** The cells of the one table row that begins with this, without that. */
function cells(text: string, start: string): string[] {
  const [row, ...others] = text.split('\n').filter((line) => line.startsWith(`| ${start}`))
  if (row === undefined || others.length > 0) throw new Error(`${others.length} rows begin with “${start}”`)
  return row
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim())
}

test.each([
  ['256 MiB over a slow line', '1 × 256 MiB, WAN |', ' with three names of S3'],
  ['500 small files over it', '500 × 10 KiB, WAN |', ''],
])('%s', async (ofReadme, ofBenchmarks, note) => {
  const [partway, hosts, awsS3, tus] = cells(await read('docs/benchmarks.md'), ofBenchmarks)
  const told = cells(await read('README.md'), ofReadme)
  expect(told.slice(0, 3)).toEqual([`${partway}; ${hosts}${note}`, awsS3, tus])
})
