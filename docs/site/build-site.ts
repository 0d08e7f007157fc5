// Builds the site: Vite bundles its pages, which come out of the Markdown files without a file of their own.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import { docsFolder, siteFolder } from './folders.js'
import { renderPage } from './html/render-page.js'
import { attachmentOf } from './html/rewrite-link.js'
import { listLinks } from './markdown/list-links.js'
import type { Page } from './markdown/parse-page.js'
import { listSections } from './search/list-sections.js'

/** @param outDir is emptied */
export async function buildSite(pages: Page[], outDir = siteFolder): Promise<void> {
  await build({
    configFile: false,
    root: docsFolder,
    base: './',
    publicDir: false,
    logLevel: 'warn',
    plugins: [makePages(pages), emitFiles(pages)],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      // Mermaid's, which is loaded where there is a diagram.
      chunkSizeWarningLimit: 3000,
      rolldownOptions: { input: pages.map(addressOf) },
    },
  })
}

/** As an HTML file beside its Markdown. */
const addressOf = ({ path }: Page) => join(docsFolder, path.replace(/\.md$/, '.html'))

function makePages(pages: Page[]): Plugin {
  const byAddress = new Map(pages.map((page) => [addressOf(page), page]))
  return {
    name: 'make-pages',
    enforce: 'pre',
    resolveId: (id) => (byAddress.has(id) ? id : undefined),
    load(id) {
      const page = byAddress.get(id)
      return page && renderPage(page, pages)
    },
  }
}

/** The sections that the search looks through, and files that pages link to. */
function emitFiles(pages: Page[]): Plugin {
  const attachments = new Set(
    pages.flatMap((page) => listLinks(page).flatMap((href) => attachmentOf(href, page.path) ?? [])),
  )
  return {
    name: 'emit-files',
    async generateBundle() {
      const sections = JSON.stringify(pages.flatMap(listSections))
      this.emitFile({ type: 'asset', fileName: 'search.json', source: sections })
      for (const path of attachments) {
        const source = await readFile(join(docsFolder, path))
        this.emitFile({ type: 'asset', fileName: path, source })
      }
    },
  }
}
