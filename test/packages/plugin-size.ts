// How much of the plugin a page loads: what comes with the page, and what comes once it is needed.
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Rollup } from 'vite'
import { repository } from './pack.js'

/** Bytes, minified and compressed, without Uppy: of what comes with the page, and of each chunk by its name. */
export type PluginSize = Record<'first load' | (string & {}), number>

export function measurePlugin(): Promise<PluginSize> {
  return measureEntry(join(repository, 'plugin'), 'dist/index.js')
}

/** @param input a file or a package, as found from the folder `root` */
export async function measureEntry(root: string, input: string): Promise<PluginSize> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    root,
    build: {
      write: false,
      target: 'esnext',
      modulePreload: false,
      rollupOptions: {
        input,
        preserveEntrySignatures: 'strict',
        external: /^@uppy\//,
        output: { chunkFileNames: '[name].js' },
      },
    },
  })
  const { output } = built as Rollup.RollupOutput
  const chunks = output.filter((file) => file.type === 'chunk')
  const atOnce = withImports(
    chunks,
    chunks.filter(({ isEntry }) => isEntry),
  )
  const size: PluginSize = { 'first load': compressedBytes(atOnce.map(({ code }) => code)) }
  for (const file of output) {
    if (file.type === 'asset')
      size[file.fileName.replace(/^.*\/|-[\w-]{8}\.js$/g, '')] = compressedBytes([file.source])
    else if (!atOnce.includes(file)) size[nameOf(file)] = compressedBytes([file.code])
  }
  return size
}

/** Of a dependency its own, otherwise the source's. */
function nameOf({ name, moduleIds }: Rollup.OutputChunk): string {
  return /\/node_modules\/((@[^/]+\/)?[^/]+)/.exec(moduleIds[0] ?? '')?.[1] ?? name
}

/** Those, and all that the browser loads before it runs them. */
function withImports(chunks: Rollup.OutputChunk[], some: Rollup.OutputChunk[]): Rollup.OutputChunk[] {
  const imported = new Set(some.flatMap(({ imports }) => imports))
  const more = chunks.filter((chunk) => imported.has(chunk.fileName) && !some.includes(chunk))
  return more.length === 0 ? some : withImports(chunks, [...some, ...more])
}

function compressedBytes(files: (string | Uint8Array)[]): number {
  return files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0)
}
