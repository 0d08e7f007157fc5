// The table of reading ease that the build prints.
import type { Page } from '../markdown/parse-page.js'
import { readingEase } from './reading-ease.js'

/** So many of the hardest are named. */
const NAMED = 5

export function listReadingEase(pages: Page[]): string {
  const read = pages.flatMap((page) => {
    const found = readingEase(page)
    return found ? { path: page.path, ...found } : []
  })
  const width = Math.max(...read.map(({ path }) => path.length))
  const hardest = read.toSorted((a, b) => a.ease - b.ease).slice(0, NAMED)
  return [
    'Reading ease (Flesch: 60 and more is plain English) and words in a sentence:',
    ...read.map(
      ({ path, ease, wordsInSentence }) =>
        `${path.padEnd(width)} ${ease.toFixed(0).padStart(4)} ${wordsInSentence.toFixed(0).padStart(4)}`,
    ),
    `Hardest to read: ${hardest.map(({ path, ease }) => `${path} (${ease.toFixed(0)})`).join(', ')}`,
  ].join('\n')
}
