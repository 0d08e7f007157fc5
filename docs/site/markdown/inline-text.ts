// The plain text of a line of Markdown.
import type { Token } from 'marked'

/** @returns what a reader sees, without its markup; an image is its description */
export function inlineText(tokens: Token[] = []): string {
  return tokens.map(textOf).join('')
}

function textOf(token: Token): string {
  if (token.type === 'html') return ''
  if (token.type === 'br') return ' '
  if ('tokens' in token && token.tokens) return inlineText(token.tokens)
  return 'text' in token ? token.text : ''
}
