// The README of the package lists what there is: every error code, option and route.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ERROR_CODES, partway } from '@partway/koa'
import { expect, test } from 'vitest'
import { resolveOptions } from '../../server/src/resolve-options.js'
import { secrets } from './serve.js'

const readme = await readFile(join(import.meta.dirname, '../../server/README.md'), 'utf8')

test('every error code, with its status and meaning', () => {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
  )
  const errors = readme.slice(readme.indexOf('## Errors'), readme.indexOf('## Permissions'))
  const documented = errors.split('\n').filter((line) => line.startsWith('| `'))
  expect(documented.map((row) => row.replace(/ +\|/g, ' |'))).toEqual(rows)
})

const options = { bucket: 'media', owner: 'anonymous', secrets } as const

test('every option', () => {
  const section = readme.slice(readme.indexOf('## Options'), readme.indexOf('## Routes'))
  const documented = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name as string)
  const withoutDefault = ['client', 'credentials', 'endpoint', 'forcePathStyle', 'key', 'region', 'secrets']
  const { ticketKeys: _, ...resolved } = resolveOptions(options)
  expect(documented.sort()).toEqual([...Object.keys(resolved), ...withoutDefault].sort())
})

test('every route', () => {
  const section = readme.slice(readme.indexOf('## Routes'), readme.indexOf('## Errors'))
  const documented = [...section.matchAll(/^\| `(GET|POST|DELETE) (\S+)`/gm)].map(([, ...route]) =>
    route.join(' '),
  )
  const { router } = partway({ ...options, path: '/' }) as unknown as {
    router: { stack: { methods: string[]; path: string }[] }
  }
  const routes = router.stack.map(({ methods, path }) => `${methods.at(-1)} ${path}`)
  expect(documented.sort()).toEqual(routes.sort())
})
