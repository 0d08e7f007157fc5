// The commands that the docs name in their sentences and tables.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listDocs, repository } from '../blocks/read-blocks.js'

/** One that stands in a sentence. */
export interface InlineCommand {
  /** Path in the repository. */
  file: string
  text: string
}

/** A command of the package without what it needs is only its name. */
const IS_WHOLE = /^npm \w|^npx (?!partway)|(^| )npx vitest|^npx partway \w+ --/

/** All of them, in their order. */
export async function readInlineCommands(): Promise<InlineCommand[]> {
  const commands = (await listDocs()).map(async (file) => {
    const texts = inlineCommandsIn(await readFile(join(repository, file), 'utf8'))
    return texts.map((text) => ({ file, text }))
  })
  return (await Promise.all(commands)).flat()
}

/** @returns those that can be run as they are */
export function inlineCommandsIn(markdown: string): string[] {
  const prose = markdown.replace(/^( *)(`{3,}).*?^\1\2$/gms, '')
  const spans = [...prose.matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(([, text = '']) => text.replace(/\s+/g, ' '))
  return spans.filter((text) => IS_WHOLE.test(text))
}
