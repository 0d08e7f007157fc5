// A page of a test, built as an app would build it, in a temporary folder.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { send } from '@koa/send'
import type { Middleware } from 'koa'
import { build } from 'vite'

export interface BuiltPage {
  /** Sends its files. */
  serve: Middleware
  remove(): Promise<void>
}

/** @param root folder with the page's `index.html` */
export async function buildPage(root: string): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), 'partway-page-'))
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    // Stacks and profiles can be read.
    build: { outDir: folder, emptyOutDir: true, minify: false, target: 'esnext' },
  })
  return {
    serve: (ctx) => send(ctx, ctx.path, { root: folder, index: 'index.html' }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
