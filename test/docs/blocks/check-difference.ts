// `diff` blocks between two files: each line is in the file that it says.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { sideOf } from '../code/snippet.js'
import { type Block, repository } from './read-blocks.js'

/** @param block Its comment names the files, beside the Markdown file. */
export async function checkDifference({ file, text, context = '' }: Block): Promise<void> {
  const folder = join(repository, dirname(file))
  for (const [index, name] of context.split(' ').entries()) {
    const source = await readFile(join(folder, name), 'utf8')
    for (const line of sideOf(text, index === 0 ? '-' : '+').split('\n')) expect(source).toContain(line)
  }
}
