// How easily a page is read: Flesch's reading ease of its sentences. 60 and more is plain English, under 30 is hard.
import { flesch } from 'flesch'
import type { Token, Tokens } from 'marked'
import { syllable } from 'syllable'
import type { Page } from '../markdown/parse-page.js'

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' })
const words = new Intl.Segmenter('en', { granularity: 'word' })

/** With fewer words the figure says nothing. */
const FEWEST_WORDS = 100

export interface ReadingEase {
  ease: number
  /** On average. */
  wordsInSentence: number
}

/**
 * Headings, tables, code and figures do not count.
 *
 * @returns undefined for a page with next to no sentences
 */
export function readingEase(page: Page): ReadingEase | undefined {
  const counts = { sentence: 0, word: 0, syllable: 0 }
  for (const sentence of page.tokens.flatMap(proseOf).flatMap(splitSentences)) {
    const inIt = splitWords(sentence)
    if (inIt.length > 0) counts.sentence++
    counts.word += inIt.length
    for (const word of inIt) counts.syllable += syllable(word)
  }
  if (counts.word < FEWEST_WORDS) return undefined
  return { ease: flesch(counts), wordsInSentence: counts.word / counts.sentence }
}

/** A line's end is none of a sentence. */
const splitSentences = (text: string) =>
  [...sentences.segment(text.replace(/\s+/g, ' '))].map(({ segment }) => segment)
const splitWords = (text: string) =>
  [...words.segment(text)].flatMap(({ segment, isWordLike }) =>
    isWordLike && /\p{L}/u.test(segment) ? segment : [],
  )

/** The paragraphs of a block: each item of a list is one. */
function proseOf(token: Token): string[] {
  if (token.type === 'list')
    return token.items.flatMap(({ tokens }: Tokens.ListItem) => tokens.flatMap(proseOf))
  if (token.type === 'blockquote') return (token.tokens ?? []).flatMap(proseOf)
  return token.type === 'paragraph' || token.type === 'text' ? [spoken(token.tokens)] : []
}

/** Without code and pictures. */
function spoken(tokens: Token[] = []): string {
  return tokens.map(spokenOf).join('')
}

function spokenOf(token: Token): string {
  if (['codespan', 'image', 'html'].includes(token.type)) return ''
  if (token.type === 'br') return ' '
  if ('tokens' in token && token.tokens) return spoken(token.tokens)
  return 'text' in token ? token.text : ''
}
