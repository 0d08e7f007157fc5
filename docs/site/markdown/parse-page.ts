// A Markdown file, read once for everything that is made of it.
import GithubSlugger from 'github-slugger'
import { Marked, type Token, type Tokens } from 'marked'
import { inlineText } from './inline-text.js'

export interface Heading {
  depth: number
  text: string
  /** Its anchor, as GitHub makes it. */
  id: string
}

export interface Page {
  /** In its folder, with `/`. */
  path: string
  title: string
  tokens: Token[]
  /** In their order, the title among them. */
  headings: Map<Tokens.Heading, Heading>
}

const marked = new Marked()

export function parsePage(path: string, markdown: string): Page {
  const tokens = marked.lexer(markdown)
  const headings = findHeadings(tokens)
  const [first] = headings.values()
  return { path, title: first?.text ?? path, tokens, headings }
}

function findHeadings(tokens: Token[]): Page['headings'] {
  const slugger = new GithubSlugger()
  const headings: Page['headings'] = new Map()
  marked.walkTokens(tokens, (token) => {
    if (token.type !== 'heading') return
    const text = inlineText(token.tokens)
    headings.set(token as Tokens.Heading, { depth: token.depth, text, id: slugger.slug(text) })
  })
  return headings
}
