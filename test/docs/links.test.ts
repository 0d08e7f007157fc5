// Every link between the repository's files leads to a file, and to a heading in it. Pages are short enough to be read.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { promisify } from 'node:util'
import {
  home,
  isAbsolute,
  listAnchors,
  listImages,
  listLinks,
  navigation,
  type Page,
  parsePage,
} from '@partway/docs'
import { expect, test } from 'vitest'
import { repository } from './blocks/read-blocks.js'

/** Of a page in `docs/`, in lines. */
const LONGEST = 250
/** Of a package's README. */
const LONGEST_README = 150
/** Written by tools, and as long as what they list. */
const GENERATED = /^docs\/(?:reference\/.+|benchmarks|faults)\.md$/

const run = promisify(execFile)
const { stdout } = await run('git', ['ls-files', '-co', '--exclude-standard'], { cwd: repository })
/** Of the repository; a file that is gone may still be in git's index. */
const files = new Set(stdout.split('\n').filter((path) => path !== '' && existsSync(join(repository, path))))
const pages = new Map<string, Page>()
for (const path of files) if (path.endsWith('.md')) pages.set(path, parsePage(path, await readText(path)))

function readText(path: string): Promise<string> {
  return readFile(join(repository, path), 'utf8')
}

test.each([...pages.values()])('links of $path', (page) => {
  const links = [...listLinks(page), ...listImages(page)]
  expect(links.filter((link) => !isAbsolute(link) && !leadsSomewhere(link, page))).toEqual([])
})

function leadsSomewhere(link: string, page: Page): boolean {
  const [target = '', anchor] = link.split('#')
  const path = target === '' ? page.path : posix.join(posix.dirname(page.path), target)
  if (anchor === undefined) return isThere(path)
  const found = pages.get(path)
  return found !== undefined && listAnchors(found).includes(anchor)
}

/** @param path of a file, or of a folder with or without `/` */
function isThere(path: string): boolean {
  const folder = posix.join(path, '/')
  return files.has(path) || [...files].some((file) => file.startsWith(folder))
}

test('pages have at most 250 lines, READMEs of packages 150', async () => {
  const lengths = [...pages.keys()].map(async (path) => ({
    path,
    lines: (await readText(path)).split('\n').length - 1,
  }))
  const tooLong = (await Promise.all(lengths)).filter(({ path, lines }) => {
    if (path.startsWith('docs/')) return lines > LONGEST && !GENERATED.test(path)
    return /^(?:plugin|server\/\w+|demo\/storage)\/README\.md$/.test(path) && lines > LONGEST_README
  })
  expect(tooLong).toEqual([])
})

test("the site's menu has every page of docs/, once, and nothing else", () => {
  const inMenu = navigation.flatMap((group) => group.pages)
  const inDocs = [...pages.keys()].flatMap((path) =>
    path.startsWith('docs/') ? posix.relative('docs', path) : [],
  )
  expect([home, ...inMenu].sort()).toEqual(inDocs.sort())
})
