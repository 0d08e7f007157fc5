// What the plugin states a second time, so that it imports neither its package.json nor the server.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MAX_FILES_PER_CALL } from '@partway/koa/protocol'
import { expect, it } from 'vitest'
import { MOST_ITEMS } from '../../plugin/src/batch.js'
import Partway from '../../plugin/src/index.js'
import { defaultLocale } from '../../plugin/src/locale.js'

const plugin = join(import.meta.dirname, '../../plugin')
const read = (path: string) => readFileSync(join(plugin, path), 'utf8')

it('VERSION is the version of the package', () => {
  expect(Partway.VERSION).toBe(JSON.parse(read('package.json')).version)
})

it('a batch is as large as the server allows', () => {
  expect(MOST_ITEMS).toBe(MAX_FILES_PER_CALL)
})

it('the README explains every option and every error code', () => {
  const readme = read('README.md')
  const options = [...read('src/options.ts').matchAll(/^ {2}(\w+)\??: /gm)].map(([, name]) => name)
  for (const name of [...options, ...Object.keys(defaultLocale.strings)])
    expect(readme).toContain(`\`${name}\``)
})

it('nothing of the server is in the published types', () => {
  for (const path of ['index', 'plugin', 'options', 'errors', 'locale', 'file-events']) {
    expect(read(`src/${path}.ts`)).not.toContain('@partway/koa')
  }
})
