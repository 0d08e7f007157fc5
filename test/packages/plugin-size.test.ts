// The plugin does not grow unnoticed: `npm run size`. Whoever makes it smaller lowers the budget.
import { expect, test } from 'vitest'
import { measurePlugin, type PluginSize } from './plugin-size.js'

/** Most bytes, minified and gzipped, without Uppy. */
const budget: PluginSize = {
  /** With the page. */
  'first load': 6_300,
  /** Once the page has time. */
  engine: 19_000,
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
