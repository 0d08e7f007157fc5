// The pages of the site: every Markdown file in `docs/`.
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { docsFolder } from './folders.js'
import { type Page, parsePage } from './markdown/parse-page.js'
import { home, navigation } from './navigation.js'

/** In the order of the menu; what the menu does not name comes last. */
export async function readPages(): Promise<Page[]> {
  const files = await readdir(docsFolder, { recursive: true })
  const paths = files.map((file) => file.replaceAll(sep, '/')).filter(isPage)
  const order = [home, ...navigation.flatMap(({ pages }) => pages)]
  const rank = (path: string) => (order.includes(path) ? order.indexOf(path) : order.length)
  paths.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
  return await Promise.all(paths.map(async (path) => parsePage(path, await readText(path))))
}

const isPage = (path: string) => path.endsWith('.md') && !/^(?:site|dist)\//.test(path)
const readText = (path: string) => readFile(join(docsFolder, path), 'utf8')

/** READMEs that are no page of the site. */
const READMES = [
  'README.md',
  'plugin/README.md',
  'server/koa/README.md',
  'server/core/README.md',
  'server/cli/README.md',
  'demo/storage/README.md',
]

/** Those of the repository and its packages. */
export async function readReadmes(): Promise<Page[]> {
  return await Promise.all(READMES.map(async (path) => parsePage(path, await readText(join('..', path)))))
}
