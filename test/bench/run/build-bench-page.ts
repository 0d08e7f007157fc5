// The benchmark's page, built as an app would build it for production.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'

/** @returns its folder */
export async function buildBenchPage(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'partway-bench-page-'))
  await build({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, '../page'),
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'esnext' },
  })
  return outDir
}
