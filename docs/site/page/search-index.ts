// Finds sections of the docs. It is loaded, with their text, when the search is opened.
import MiniSearch, { type SearchResult } from 'minisearch'

/** As `docs/site/search/list-sections.ts` writes it. */
interface Section {
  href: string
  page: string
  heading: string
  text: string
}

export interface Found extends Omit<Section, 'text'> {
  excerpt: { words: string; isMatch: boolean }[]
}

/** Characters shown before and after the first match. */
const BEFORE = 40
const AFTER = 110

const response = await fetch(`${document.documentElement.dataset.root}search.json`)
const sections: Section[] = await response.json()
const index = new MiniSearch<Section>({
  idField: 'href',
  fields: ['heading', 'page', 'text'],
  // A page's beginning has the page's title for a heading.
  extractField: (section, field) =>
    field === 'heading' ? section.heading || section.page : section[field as keyof Section],
  // `quota` and `quotas` are one word; `CORS` stays.
  processTerm: (term) => term.toLowerCase().replace(/(?<=\w{4})s$/, ''),
  searchOptions: {
    boost: { heading: 3, page: 2 },
    // A page that is about it comes before the sections that are.
    boostDocument: (href) => (String(href).includes('#') ? 1 : 3),
    prefix: true,
    // Short words are too much alike.
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: 'AND',
  },
})
index.addAll(sections)
const byHref = new Map(sections.map((section) => [section.href, section]))

/** @returns the best first */
export function search(query: string): Found[] {
  return index.search(query).flatMap((result) => {
    const section = byHref.get(result.id)
    return section ? { ...section, excerpt: excerptOf(section.text, result) } : []
  })
}

function excerptOf(text: string, { terms }: SearchResult): Found['excerpt'] {
  const pattern = new RegExp(`(${terms.map((term) => escapePattern(term)).join('|')})`, 'i')
  const at = Math.max(text.search(pattern), 0)
  const start = at <= BEFORE ? 0 : text.indexOf(' ', at - BEFORE) + 1
  const end = at + AFTER >= text.length ? text.length : text.lastIndexOf(' ', at + AFTER)
  const shown = `${start > 0 ? '… ' : ''}${text.slice(start, end)}${end < text.length ? ' …' : ''}`
  // With the pattern in brackets every other piece is a match.
  return shown.split(new RegExp(pattern, 'gi')).map((words, piece) => ({ words, isMatch: piece % 2 === 1 }))
}

const escapePattern = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
