// A link of the Markdown files, as the site has it.
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { docsFolder, repositoryFolder } from '../folders.js'
import { isAbsolute } from '../markdown/list-links.js'

const { repository } = JSON.parse(await readFile(join(repositoryFolder, 'package.json'), 'utf8')) as {
  repository: { url: string }
}
/** Where people read the sources. */
export const repositoryUrl = repository.url.replace(/^git\+/, '').replace(/\.git$/, '')

/** @param page path in `docs/` */
export function rewriteLink(href: string, page: string): string {
  if (isAbsolute(href) || href.startsWith('#')) return href
  const [target = '', anchor] = href.split('#')
  const end = anchor === undefined ? '' : `#${anchor}`
  const path = posix.join(posix.dirname(page), target)
  if (!isOnSite(path)) return sourceUrl(posix.join('docs', path)) + end
  return target.replace(/\.md$/, '.html') + end
}

/** @returns the path in `docs/` of a file that the site has to bring along, if the link leads to one */
export function attachmentOf(href: string, page: string): string | undefined {
  const [target = ''] = href.split('#')
  const path = posix.join(posix.dirname(page), target)
  const isAttachment = target !== '' && !isAbsolute(href) && !target.endsWith('.md') && isOnSite(path)
  return isAttachment ? path : undefined
}

/** @param path in the repository */
export function sourceUrl(path: string): string {
  const isFolder = statSync(join(repositoryFolder, path), { throwIfNoEntry: false })?.isDirectory()
  return `${repositoryUrl}/${isFolder ? 'tree' : 'blob'}/main/${path}`
}

/** Folders have no page. */
function isOnSite(path: string): boolean {
  const isFolder = statSync(join(docsFolder, path), { throwIfNoEntry: false })?.isDirectory()
  return !path.startsWith('../') && !isFolder
}
