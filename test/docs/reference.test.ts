// The pages of docs/reference/ are what the code says: `npm run docs` writes them anew, and here they must not differ.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PartwayOptions, partway } from '@partway/koa'
import { expect, test } from 'vitest'
import { secrets } from '../server/serve.js'
import { repository } from './blocks/read-blocks.js'
import { renderErrors } from './reference/errors.js'
import { renderHooks } from './reference/hooks.js'
import { renderPluginOptions } from './reference/plugin-options.js'
import { fieldsOf, source } from './reference/read-types.js'
import { renderRoutes } from './reference/routes.js'
import { renderServerOptions } from './reference/server-options.js'

test.each([
  ['server-options', renderServerOptions],
  ['plugin-options', renderPluginOptions],
  ['hooks', renderHooks],
  ['errors', renderErrors],
  ['routes', renderRoutes],
])('docs/reference/%s.md is up to date', async (name, render) => {
  await expect(render()).toMatchFileSnapshot(join(repository, `docs/reference/${name}.md`))
})

test('every route of the middleware, and no other', () => {
  const described = renderRoutes().matchAll(/^(?:###|\|) `?([A-Z]+ \/[^\s`]+)/gm)
  const options = {
    bucket: 'media',
    owner: 'anonymous',
    secrets,
    path: '/',
    companion: true,
    sts: {},
  } as const
  const { router } = partway(options as PartwayOptions) as unknown as {
    router: { stack: { methods: string[]; path: string }[] }
  }
  const routes = router.stack.map(({ methods, path }) => `${methods.at(-1)} ${path}`)
  expect([...described].map(([, route]) => route).sort()).toEqual(routes.sort())
})

test('every event that the plugin emits, and no other', () => {
  const folder = join(repository, 'plugin/src/uppy')
  // It stands in for `uppy.upload()`, with the events of that.
  const files = readdirSync(folder).filter((file) => file !== 'start-files.ts')
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  const emitted = new Set([...texts.matchAll(/\.emit\('([^']+)'/g)].map(([, event]) => event))
  const described = fieldsOf(source('plugin/src/uppy/events.ts'), 'PluginEvents').map(({ name }) => name)
  expect(described.sort()).toEqual([...emitted].sort())
})
