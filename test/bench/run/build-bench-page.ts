// The benchmark's page, built as an app would build it for production.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'

/** @returns its folder */
export async function buildBenchPage(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'partway-bench-page-'))
  await build({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, '../page'),
    plugins: [coreOfItsOwn],
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'esnext' },
  })
  return outDir
}

/** `@uppy/aws-s3` 5 and the client that uses it have the `@uppy/core` that it is made for. */
const coreOfItsOwn: Plugin = {
  name: 'core-of-its-own',
  enforce: 'pre',
  resolveId(source, importer) {
    if (source === '@uppy/core' && importer?.includes('aws-s3-5'))
      return this.resolve('uppy-core-5', importer)
    return null
  },
}
