// CONTRIBUTING names files: each is there.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const repository = join(import.meta.dirname, '../..')
const text = await readFile(join(repository, 'CONTRIBUTING.md'), 'utf8')
const rooms = ['', 'plugin/src', 'server/core/src', 'test']
const isThere = (path: string) => rooms.some((room) => existsSync(join(repository, room, path)))

test.each([
  ['“Where do I change”', text.match(/(?<=`)[\w/.-]+\/[\w.-]+\.(?:ts|sh)(?=`)/g) ?? []],
  ['the drawing', [...text.matchAll(/\w\[(\w+\/[\w-]+)\]/g)].map(([, path]) => `${path}.ts`)],
])('in %s', (_, paths) => {
  expect(paths.length).toBeGreaterThan(10)
  expect(paths.filter((path) => !isThere(path))).toEqual([])
})
