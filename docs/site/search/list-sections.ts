// What the search looks through: the sections of all pages.
import type { Token, Tokens } from 'marked'
import { inlineText } from '../markdown/inline-text.js'
import type { Heading, Page } from '../markdown/parse-page.js'

export interface Section {
  /** From the site's root. */
  href: string
  /** Title of its page. */
  page: string
  /** '' is the page's beginning. */
  heading: string
  /** Without blocks of code. */
  text: string
}

/** Deeper headings belong to the section that they stand in. */
const DEEPEST = 3

export function listSections(page: Page): Section[] {
  const address = page.path.replace(/\.md$/, '.html')
  const sections: Section[] = [{ href: address, page: page.title, heading: '', text: '' }]
  for (const token of page.tokens) {
    const heading = page.headings.get(token as Tokens.Heading)
    if (heading && isSection(heading)) {
      sections.push({ href: `${address}#${heading.id}`, page: page.title, heading: heading.text, text: '' })
    } else if (heading?.depth !== 1) {
      const section = sections.at(-1)
      if (section) section.text = `${section.text} ${blockText(token)}`.trim()
    }
  }
  return sections
}

const isSection = ({ depth }: Heading) => depth > 1 && depth <= DEEPEST

function blockText(token: Token): string {
  if (token.type === 'list')
    return token.items.flatMap(({ tokens }: Tokens.ListItem) => tokens.map(blockText)).join(' ')
  if (token.type === 'table') return tableText(token as Tokens.Table)
  if (token.type === 'blockquote') return (token.tokens ?? []).map(blockText).join(' ')
  if (['paragraph', 'heading', 'text'].includes(token.type)) return inlineText([token])
  return ''
}

function tableText({ header, rows }: Tokens.Table): string {
  return [header, ...rows].flatMap((row) => row.map(({ tokens }) => inlineText(tokens))).join(' ')
}
