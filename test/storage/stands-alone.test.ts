// The store is a package that stands by itself: what it imports.
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const repository = join(import.meta.dirname, '../..')

test('it imports four packages, and nothing of the demo', async () => {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: ['demo/storage/index.ts', 'demo/storage/main.ts'],
    outdir: 'out',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  const files = Object.keys(metafile.inputs)
  expect(files.filter((file) => !file.startsWith('demo/storage/'))).toEqual([])
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports)
  const packages = imported.filter(({ external, path }) => external && !path.startsWith('node:'))
  const names = new Set(packages.map(({ path }) => path))
  expect([...names].sort()).toEqual(['fast-xml-parser', 'hash-wasm', 'koa', 'zod'])
})
