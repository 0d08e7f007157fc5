// The plugin does not grow unnoticed: `npm run size`. Whoever makes it smaller lowers the budget.
import { expect, test } from 'vitest'
import { measurePlugin, type PluginSize } from './plugin-size.js'

/** Most bytes, minified and gzipped, without Uppy. */
const budget: PluginSize = {
  /** With the page. */
  'first load': 7_550,
  /** Once the page has time. */
  engine: 16_400,
  /** With the first handle that the page tells, and with `unfinished()`: what keeps handles. */
  idb: 1_650,
  /** With the first file that goes in parts. */
  'checksum-worker': 3_900,
  /** Where there can be no worker. */
  'hash-blob': 2_200,
  /** Shared by this and the next. */
  crc64nvme: 1_050,
  /** When a file is complete whose checksum is a CRC. */
  'combine-checksums': 450,
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
