// A code block as a module: what it takes from its context is imported, so that its types are checked and it can be run.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { isCopy } from '../blocks/check-copy.js'
import { type Block, repository } from '../blocks/read-blocks.js'

/** In the test's package, for what is installed there. Kept until the next run, for whoever looks for a mistake. */
export const snippetFolder = join(repository, 'test/.snippets')
const contextFolder = join(repository, 'test/docs/contexts')

/** `page`: runs in Chromium; `server`: runs in Node; `file`: is run by commands of the README. */
export type Place = 'page' | 'server' | 'file'

/** A block that is a module. */
export interface Snippet {
  block: Block
  place: Place
  /** Of the module, in {@link snippetFolder}. */
  fileName: string
}

const EXTENSIONS: Record<string, string> = { ts: 'ts', js: 'js', tsx: 'tsx', jsx: 'jsx', diff: 'js' }

/** @returns `undefined`: it is not run. @throws Error if it does not say what it is to run with. */
export function toSnippet(block: Block): Snippet | undefined {
  const { file, line, kind, text, context, path } = block
  const extension = EXTENSIONS[kind]
  // A file of the reader's own project, two files that differ, or one that is shown as it is.
  if (!extension || path !== undefined || context?.includes(' ') || isCopy(block)) return undefined
  const [, named] = /^\/\/ (\w+\.js)/.exec(text) ?? []
  if (named) return { block, place: 'file', fileName: named }
  const place = context?.split('/')[0]
  if (place !== 'page' && place !== 'server') {
    throw new Error(`${file}:${line}: put <!-- snippet: page/… --> or server/… above it, a file of contexts/`)
  }
  return { block, place, fileName: `${file.replaceAll(/\W/g, '-')}-${line}.${extension}` }
}

/** Takes away what an earlier run has left. */
export async function emptySnippetFolder(): Promise<void> {
  await rm(snippetFolder, { recursive: true, force: true })
  await mkdir(snippetFolder, { recursive: true })
}

/** Writes the module. Its second line is the snippet's first. */
export async function writeSnippet({ block, place, fileName }: Snippet): Promise<void> {
  const { text, context, kind } = block
  // The docs' region is AWS's; what is run asks the store of the tests.
  const hasOwnStore = place === 'page' || context === 'server/bucket'
  const region = hasOwnStore ? 'eu-west-1' : (process.env.AWS_REGION ?? '')
  const code = (kind === 'diff' ? sideOf(text, '+') : text).replaceAll('eu-west-1', region)
  const names = place === 'file' ? [] : await exportsOf(`${contextFolder}/${context}.ts`)
  const from = JSON.stringify(`../docs/contexts/${context}.js`)
  const opening = place === 'file' ? '' : `import { ${names.join(', ')} } from ${from}`
  await writeFile(join(snippetFolder, fileName), `${opening}\n${code}\nexport {}\n`)
}

/** One side of a diff. */
export function sideOf(diff: string, sign: '+' | '-'): string {
  const lines = diff.split('\n').filter((line) => line.startsWith(sign))
  return lines.map((line) => line.slice(1).trimStart()).join('\n')
}

/** What a context gives to its snippet: all but `check`, which is for the test. */
async function exportsOf(path: string): Promise<string[]> {
  const { metafile } = await build({ entryPoints: [path], format: 'esm', write: false, metafile: true })
  const names = Object.values(metafile.outputs).flatMap((output) => output.exports)
  return names.filter((name) => name !== 'check')
}
