// What is done with a block of each kind. A kind that is not here is an error.
import { transform } from 'esbuild'
import { expect } from 'vitest'
import { checkCopy, isCopy } from './blocks/check-copy.js'
import { checkDifference } from './blocks/check-difference.js'
import { checkDrawing } from './blocks/check-drawing.js'
import { checkTree } from './blocks/check-tree.js'
import type { Block } from './blocks/read-blocks.js'
import { PAGE_CHECKS } from './code/check-page.js'
import { runServerSnippet } from './code/run-server-snippet.js'
import { sideOf } from './code/snippet.js'
import { type CommandLine, linesOfScript, linesOfSession } from './commands/command-lines.js'
import { runLine } from './commands/run-line.js'
import type { World } from './world.js'

type Handler = (block: Block, world: World) => void | Promise<void>

const HANDLERS: Record<string, Handler> = {
  ts: runCode,
  tsx: runCode,
  js: runCode,
  jsx: runCode,
  diff: runDiff,
  sh: ({ text }, world) => runLines(linesOfScript(text), world),
  console: ({ text }, world) => runLines(linesOfSession(text), world),
  html: (block) => checkCopy(block),
  json: ({ text }) => void JSON.parse(text),
  mermaid: ({ text }, { board }) => board.draw(text),
  text: ({ text }) => checkDrawing(text),
  tree: ({ text }) => checkTree(text),
}

/** @throws if it is wrong, or of a kind that nobody knows. */
export async function handleBlock(block: Block, world: World): Promise<void> {
  if (block.path !== undefined) return await checkFile(block)
  const handle = HANDLERS[block.kind]
  if (!handle) throw new Error(`Nobody knows what to do with "${block.kind}": add it to handle-block.ts`)
  await handle(block, world)
}

/** A file of the reader's own project: only parsed, because it needs the others. */
async function checkFile({ kind, text }: Block): Promise<void> {
  const [, script] = /<script type="module">(.*?)<\/script>/s.exec(text) ?? []
  if (kind === 'json') JSON.parse(text)
  else if (kind === 'js' || script !== undefined) await transform(script ?? text, { loader: 'js' })
  else throw new Error(`Nobody knows what to do with a file of kind "${kind}": add it to handle-block.ts`)
}

async function runCode(block: Block, world: World): Promise<void> {
  if (isCopy(block)) return await checkCopy(block)
  const snippet = world.snippets.get(block)
  if (!snippet) throw new Error(`${block.file}:${block.line} is no snippet`)
  expect(world.complaints.get(snippet.fileName)).toEqual([])
  if (snippet.place === 'server') await runServerSnippet(snippet)
  if (snippet.place !== 'page') return
  const page = await world.site.open(snippet)
  const check = PAGE_CHECKS[block.context ?? '']
  if (!check) throw new Error(`Nobody checks the page of ${block.context}: add it to check-page.ts`)
  await check(page, { s3: world.s3, bucket: world.site.bucket, files: world.files })
  await page.close()
}

/** What is added is run. What is taken away is of several versions, so it is only parsed. */
async function runDiff(block: Block, world: World): Promise<void> {
  if (block.context?.includes(' ')) return await checkDifference(block)
  await transform(sideOf(block.text, '-'), { loader: 'js' })
  await runCode(block, world)
}

async function runLines(lines: CommandLine[], { terminal }: World): Promise<void> {
  for (const line of lines) await runLine(line, terminal)
}
