// A page of a test, built as an app would build it, in a temporary folder.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { send } from '@koa/send'
import type { Middleware } from 'koa'
import { build, type Rolldown } from 'vite'

export interface BuiltPage {
  /** Sends its files. */
  serve: Middleware
  /** Names of the scripts that hold a module of this folder. */
  scriptsWith(folder: string): string[]
  remove(): Promise<void>
}

/** @param root folder with the page's `index.html` */
export async function buildPage(root: string): Promise<BuiltPage> {
  const outDir = await mkdtemp(join(tmpdir(), 'partway-page-'))
  const built = await build({
    configFile: false,
    logLevel: 'error',
    root,
    // Stacks and profiles can be read.
    build: { outDir, emptyOutDir: true, minify: false, target: 'esnext' },
  })
  const { output } = built as Rolldown.RolldownOutput
  return {
    scriptsWith: (folder) =>
      output.flatMap((file) =>
        file.type === 'chunk' && file.moduleIds.some((id) => id.startsWith(folder)) ? file.fileName : [],
      ),
    serve: (ctx) => send(ctx, ctx.path, { root: outDir, index: 'index.html' }),
    remove: () => rm(outDir, { recursive: true, force: true }),
  }
}
