// What the docs' commands and snippets run in: a store, an app, a browser, a terminal, and the snippets as modules.
import type { Browser } from 'playwright-core'
import { vi } from 'vitest'
import { stubEnvironment } from '../server/cli/run-cli.js'
import { secrets, serveApp, testOptions } from '../server/serve.js'
import { createFileFolder, type FileFolder } from '../support/files.js'
import { openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { connectBrowser } from '../support/shared-browser.js'
import { DrawingBoard } from './blocks/draw-diagram.js'
import type { Block } from './blocks/read-blocks.js'
import { type Complaints, checkTypes } from './code/check-types.js'
import { openSnippetSite, type SnippetSite } from './code/page-snippets.js'
import { emptySnippetFolder, type Snippet, snippetFolder, toSnippet, writeSnippet } from './code/snippet.js'
import { ReaderApp } from './commands/app.js'
import type { Terminal } from './commands/run-line.js'

/** One for all blocks: a later one finds what an earlier one made. */
export interface World {
  s3: S3UnderTest
  browser: Browser
  board: DrawingBoard
  files: FileFolder
  snippets: Map<Block, Snippet>
  complaints: Complaints
  site: SnippetSite
  terminal: Terminal
  close(): Promise<void>
}

/** @throws if a snippet does not say what it is to run with. */
export async function openWorld(blocks: Block[]): Promise<World> {
  const s3 = await openS3()
  stubEnvironment(s3.credentials)
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint)
  vi.stubEnv('AWS_REGION', s3.region)
  vi.stubEnv('APP_SECRET', secrets[0])
  vi.stubEnv('PARTWAY_APP_HEADER', 'x-user: ada')
  const snippets = await writeSnippets(blocks)
  const all = [...snippets.values()]
  const browser = await connectBrowser()
  const board = await DrawingBoard.open(browser)
  const complaints = await checkTypes(all)
  const pages = all.filter(({ place }) => place === 'page')
  const site = await openSnippetSite(pages, s3, browser)
  const files = await createFileFolder()
  const app = await serveApp(testOptions(s3, 'media', { allowedOrigins: ['https://app.example'] }))
  const bench = { client: s3.client, app: app.origin, folder: snippetFolder }
  const terminal = { bench, app: new ReaderApp() }
  return {
    ...{ s3, browser, board, files, snippets, complaints, site, terminal },
    async close() {
      await terminal.app.end()
      await app.close()
      await board.close()
      await site.close()
      await browser.close()
      await files.remove()
      await s3.close()
      vi.unstubAllEnvs()
    },
  }
}

async function writeSnippets(blocks: Block[]): Promise<Map<Block, Snippet>> {
  await emptySnippetFolder()
  const entries = blocks.flatMap((block) => {
    const snippet = toSnippet(block)
    return snippet ? [[block, snippet] as const] : []
  })
  await Promise.all(entries.map(([, snippet]) => writeSnippet(snippet)))
  return new Map(entries)
}
