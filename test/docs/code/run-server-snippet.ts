// A snippet of a server, run in this process, and what its context has to say of it then.
import { join } from 'node:path'
import { repository } from '../blocks/read-blocks.js'
import { type Snippet, snippetFolder } from './snippet.js'

/** @throws if it cannot be run, or does not do what its context expects. */
export async function runServerSnippet({ block, fileName }: Snippet): Promise<void> {
  const context = join(repository, 'test/docs/contexts', `${block.context}.ts`)
  await import(join(snippetFolder, fileName))
  const { check } = await import(context)
  await check()
}
