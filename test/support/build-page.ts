// A page of a test, built as an app would build it, once for all test files.
import { send } from '@koa/send'
import type { Middleware } from 'koa'
import { askShared } from './ask-shared.js'

export interface BuiltPage {
  /** Sends its files. */
  serve: Middleware
  /** Names of the scripts that hold a module of this folder. */
  scriptsWith(folder: string): string[]
}

/** @param root folder with the page's `index.html` */
export async function buildPage(root: string): Promise<BuiltPage> {
  const { folder, scripts } = await askShared('page', { root })
  return {
    serve: (ctx) => send(ctx, ctx.path, { root: folder, index: 'index.html' }),
    scriptsWith: (source) =>
      scripts.flatMap(({ fileName, moduleIds }) =>
        moduleIds.some((id) => id.startsWith(source)) ? fileName : [],
      ),
  }
}
