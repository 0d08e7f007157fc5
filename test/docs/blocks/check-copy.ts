// Blocks that are a file of this repository, which has tests of its own.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { type Block, repository } from './read-blocks.js'

/** Whether the comment above the block names one file, beside the Markdown file. */
export function isCopy({ context = '' }: Block): boolean {
  return /^\S+\.\w+$/.test(context)
}

export async function checkCopy({ file, text, context = '' }: Block): Promise<void> {
  const source = await readFile(join(repository, dirname(file), context), 'utf8')
  expect(`${text}\n`).toBe(source)
}
