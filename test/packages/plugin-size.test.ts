// The plugin does not grow unnoticed: `npm run size`. Whoever makes it smaller lowers the budget.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { measurePlugin, type PluginSize } from './plugin-size.js'

/** Most bytes, minified and gzipped, without Uppy. */
const budget: PluginSize = {
  /** With the page. */
  'first load': 6_550,
  /** Once the page has time. */
  engine: 19_050,
  /** With the first handle that the page tells, and with `unfinished()`: what keeps handles. */
  'handle-store': 450,
  /** With the first file that goes in parts. */
  'checksum-worker': 2_850,
  /** Where there can be no worker. */
  'hash-blob': 2_050,
}

test('the plugin keeps to its budget', async () => {
  const size = await measurePlugin()
  const report = Object.entries(size).map(
    ([name, bytes]) =>
      `${name.padEnd(20)}${bytes.toLocaleString('en').padStart(8)} of ${budget[name]?.toLocaleString('en')}`,
  )
  console.log(['Bytes of @partway/uppy, minified and gzipped, without Uppy:', ...report].join('\n'))
  expect(Object.keys(size).sort()).toEqual(Object.keys(budget).sort())
  for (const [name, bytes] of Object.entries(size)) expect(bytes, name).toBeLessThanOrEqual(budget[name] ?? 0)
})

test("the README's figures", async () => {
  const readme = await readFile(new URL('../../plugin/README.md', import.meta.url), 'utf8')
  const [, section = ''] = readme.split('\n## What a page loads\n')
  const told = [...section.matchAll(/ \| ([\d.]+) \|$/gm)].map(([, figure]) => Number(figure))
  const size = await measurePlugin()
  const names = ['first load', 'engine', 'checksum-worker', 'handle-store']
  expect(told.length).toBe(names.length)
  for (const [index, name] of names.entries()) {
    const bytes = size[name] ?? 0
    expect(Math.abs((told[index] ?? 0) * 1000 - bytes), `${name}: ${bytes}`).toBeLessThan(bytes / 20 + 50)
  }
})
