// What docs/comparison.md quotes of peers that are installed here.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repository } from '../blocks/read-blocks.js'
import { cellsOf } from './measured.js'

/** A line of a released package. */
export interface Source {
  /** `name@version` */
  release: string
  /** In the package. */
  path: string
  /** From 1. */
  line: number
  /** What the page says that it says. */
  quoted: string
}

/** Of table rows whose second cell is `name@version/path:line`, and third what is there. */
export function sourcesIn(markdown: string): Source[] {
  const rows = markdown.split('\n').filter((line) => line.startsWith('| '))
  return rows.flatMap((row) => {
    const [, where = '', what = ''] = cellsOf(row)
    const [, release, path, line] = /^`((?:@[\w-]+\/)?[\w-]+@[\d.]+)\/(.+):(\d+)`$/.exec(where) ?? []
    if (release === undefined || path === undefined) return []
    return { release, path, line: Number(line), quoted: what.replace(/^(`+)(.*)\1$/, '$2').trim() }
  })
}

/** @param installed the dependencies of test/package.json. @throws if this release is none of them */
export async function readLine(
  { release, path, line }: Source,
  installed: Record<string, string>,
): Promise<string> {
  const at = release.lastIndexOf('@')
  const [name, version] = [release.slice(0, at), release.slice(at + 1)]
  const alias = Object.entries(installed).find(([, wanted]) => wanted === `npm:${release}`)?.[0]
  const folder = installed[name] === version ? name : alias
  if (folder === undefined) throw new Error(`${release} is not what test/package.json installs`)
  const text = await readFile(join(repository, 'node_modules', folder, path), 'utf8')
  return text.split('\n')[line - 1]?.trim() ?? ''
}
