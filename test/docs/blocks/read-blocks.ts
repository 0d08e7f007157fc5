// The fenced code blocks of the project's Markdown files.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Its folder. */
export const repository = join(import.meta.dirname, '../../..')

/** Written by tools, which have tests of their own. */
const GENERATED = /(^|\/)CHANGELOG\.md$|^docs\/faults\.md$|^\.changeset\/(?!README)/

/** A fenced code block. */
export interface Block {
  /** Path in the repository. */
  file: string
  /** Of its opening fence, from 1. */
  line: number
  /** What follows the opening fence: `ts`, `sh`, … */
  kind: string
  text: string
  /** What a comment above it says: `<!-- snippet: page/quick-start -->`. */
  context: string | undefined
  /** The file of the reader's own project that it is, as a comment above it says: `<!-- file: server.js -->`. */
  path?: string
}

/** Of all that people write: paths in the repository. */
export async function listDocs(): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: repository })
  return stdout
    .split('\n')
    .filter((file) => file !== '' && !GENERATED.test(file))
    .sort()
}

/** All of them, in their order. */
export async function readBlocks(): Promise<Block[]> {
  const files = await listDocs()
  const blocks = files.map(async (file) => blocksIn(file, await readFile(join(repository, file), 'utf8')))
  return (await Promise.all(blocks)).flat()
}

/** @throws Error if a fence is not closed. */
export function blocksIn(file: string, markdown: string): Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at++) {
    const fence = /^( *)(`{3,}|~{3,})(.*)$/.exec(lines[at] ?? '')
    if (!fence) continue
    const [, indent = '', marks = '', kind = ''] = fence
    const end = lines.findIndex((line, index) => index > at && line.trim() === marks)
    if (end < 0) throw new Error(`${file}:${at + 1}: this code block has no end`)
    const text = lines.slice(at + 1, end).map((line) => line.slice(indent.length))
    const above = lines[at - 1] ?? ''
    const [, context] = /^ *<!-- snippet: (.+) -->$/.exec(above) ?? []
    const [, path] = /^ *<!-- file: (.+) -->$/.exec(above) ?? []
    const block = { file, line: at + 1, kind: kind.trim(), text: text.join('\n'), context }
    blocks.push(path === undefined ? block : { ...block, path })
    at = end
  }
  return blocks
}
