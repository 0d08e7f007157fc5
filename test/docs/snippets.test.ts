// Every command and snippet in the docs: it is run, or read by what it is written for. One that nobody knows fails.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Block, blocksIn, readBlocks } from './blocks/read-blocks.js'
import { linesOfScript, linesOfSession } from './commands/command-lines.js'
import { inlineCommandsIn, readInlineCommands } from './commands/inline-commands.js'
import { runLine, type Terminal } from './commands/run-line.js'
import { handleBlock } from './handle-block.js'
import { openWorld, type World } from './world.js'

const blocks = await readBlocks()
const inlineCommands = await readInlineCommands()

let world: World
beforeAll(async () => {
  world = await openWorld(blocks)
})
afterAll(() => world?.close())

const named = blocks.map((block) => [`${block.file}:${block.line} ${block.kind}`, block] as const)
test.each(named)('%s', async (_, block) => {
  await handleBlock(block, world)
})

const inSentences = inlineCommands.map(({ file, text }) => [file, text] as const)
test.each(inSentences)('%s: %s', async (_, text) => {
  await runLine({ text, output: '' }, world.terminal)
})

test('every context is one of a snippet', async () => {
  const named = new Set(blocks.flatMap(({ context }) => context ?? []))
  for (const place of ['page', 'server']) {
    const files = await readdir(join(import.meta.dirname, 'contexts', place))
    const contexts = files.map((file) => `${place}/${file.replace('.ts', '')}`)
    expect(contexts.filter((context) => !named.has(context) && context !== 'page/begin-upload')).toEqual([])
  }
})

test('what nobody knows fails', async () => {
  const block: Block = { file: 'README.md', line: 1, kind: 'cobol', text: '', context: undefined }
  await expect(handleBlock(block, world)).rejects.toThrow('cobol')
  await expect(runLine({ text: 'rm -r /', output: '' }, {} as Terminal)).rejects.toThrow('Nobody runs')
  expect(() => blocksIn('README.md', '```ts\n')).toThrow('README.md:1: this code block has no end')
  expect(() => linesOfSession('partway usage')).toThrow()
})

test('what is read of a block and of a sentence', () => {
  const markdown = '1. One\n   <!-- snippet: page/uppy -->\n   ```ts\n   a()\n     b()\n   ```\n'
  expect(blocksIn('a.md', markdown)).toEqual([
    { file: 'a.md', line: 3, kind: 'ts', text: 'a()\n  b()', context: 'page/uppy' },
  ])
  expect(linesOfScript('a && b   # why\n# nothing\nc \\\n  d')).toEqual(
    ['a', 'b', 'c d'].map((text) => ({ text, output: '' })),
  )
  expect(inlineCommandsIn('Run `npm\n  ci`, not `a`.\n```sh\nnpm `test`\n```\n')).toEqual(['npm ci'])
})
