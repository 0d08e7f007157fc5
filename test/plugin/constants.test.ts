// What the plugin states a second time, so that it imports neither its package.json nor the server.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MAX_FILES_PER_CALL } from '@partway/server/protocol'
import { expect, it } from 'vitest'
import Partway from '../../plugin/src/index.js'
import { defaultLocale } from '../../plugin/src/locale.js'
import { MOST_ITEMS } from '../../plugin/src/server/batch.js'
import { ERROR_CODES } from '../../server/core/src/errors.js'

const plugin = join(import.meta.dirname, '../../plugin')
const read = (path: string) => readFileSync(join(plugin, path), 'utf8')

it('VERSION is the version of the package', () => {
  expect(Partway.VERSION).toBe(JSON.parse(read('package.json')).version)
})

it('a batch is as large as the server allows', () => {
  expect(MOST_ITEMS).toBe(MAX_FILES_PER_CALL)
})

it('every error code that the plugin acts on exists', () => {
  const all = readdirSync(join(plugin, 'src'), { encoding: 'utf8', recursive: true }).filter((name) =>
    name.endsWith('.ts'),
  )
  // That is the list of all.
  const files = all.filter((name) => name !== 'error-codes.ts')
  const sources = files.map((name) => read(`src/${name}`)).join('')
  const codes = [...sources.matchAll(/'([a-z0-9]+(?:_[a-z0-9]+)+)'/g)].map(([, code = '']) => code)
  const known = new Set([...Object.keys(ERROR_CODES), ...Object.keys(defaultLocale.strings)])
  expect(codes.length).toBeGreaterThan(10)
  expect(codes.filter((code) => !known.has(code))).toEqual([])
})
