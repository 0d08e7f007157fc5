// A page of the site, with what surrounds its text.
import { posix } from 'node:path'
import { inlineText } from '../markdown/inline-text.js'
import type { Heading, Page } from '../markdown/parse-page.js'
import { home, navigation } from '../navigation.js'
import { escapeHtml } from './escape-html.js'
import { renderBody } from './render-body.js'
import { repositoryUrl, sourceUrl } from './rewrite-link.js'

/** Before anything is shown, so that no other colours flash up. */
const THEME = `try { document.documentElement.dataset.theme = localStorage.getItem('partway-docs-theme') ?? '' } catch {}`

/** @param pages all of the site, in their order */
export function renderPage(page: Page, pages: Page[]): string {
  const root = page.path.includes('/') ? '../' : ''
  const isHome = page.path === home
  return `<!doctype html>
<html lang="en" data-root="${root}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${isHome ? 'Partway' : `${escapeHtml(page.title)} · Partway`}</title>
<meta name="description" content="${escapeHtml(describe(page))}">
<link rel="icon" href="/site/page/icon.svg">
<script>${THEME}</script>
<script type="module" src="/site/page/main.ts"></script>
</head>
<body${isHome ? ' class="home"' : ''}>
<a class="skip" href="#content">Skip to the content</a>
<header>
<button type="button" class="menu-button" popovertarget="menu">Menu</button>
<a class="brand" href="${root}index.html"><img src="/site/page/icon.svg" alt="" width="24" height="24">Partway</a>
<button type="button" class="search-button" hidden>Search <kbd>/</kbd></button>
<button type="button" class="theme-button" hidden></button>
<a href="${repositoryUrl}">Source</a>
</header>
<div class="columns">
${renderMenu(page, pages, root)}
<main id="content">
${renderBody(page)}
${renderEnd(page, pages, root)}
</main>
${renderContents([...page.headings.values()])}
</div>
<dialog class="search" aria-label="Search">
<input type="search" aria-label="Search the docs" placeholder="Search the docs" autocomplete="off" spellcheck="false">
<p role="status"></p>
<ol></ol>
</dialog>
</body>
</html>
`
}

/** Its first paragraph. */
function describe(page: Page): string {
  const first = page.tokens.find(({ type }) => type === 'paragraph')
  return first ? inlineText([first]).replace(/\s+/g, ' ') : page.title
}

function renderMenu(current: Page, pages: Page[], root: string): string {
  const groups = navigation.map(({ title, pages: paths }) => {
    const items = paths.flatMap((path) => pages.find((page) => page.path === path) ?? [])
    return items.length === 0 ? '' : `<h2>${title}</h2>\n<ul>\n${items.map(renderItem).join('\n')}\n</ul>`
  })
  function renderItem(page: Page): string {
    const isCurrent = page === current ? ' aria-current="page"' : ''
    return `<li><a href="${root}${addressOf(page)}"${isCurrent}>${escapeHtml(page.title)}</a></li>`
  }
  return `<nav id="menu" class="menu" popover aria-label="Pages">\n${groups.join('\n')}\n</nav>`
}

/** Its sections; a page with one is short enough without. */
function renderContents(headings: Heading[]): string {
  const sections = headings.filter(({ depth }) => depth === 2 || depth === 3)
  if (sections.length < 2) return ''
  const items = sections.map(
    ({ depth, text, id }) => `<li class="depth-${depth}"><a href="#${id}">${escapeHtml(text)}</a></li>`,
  )
  return `<nav class="contents" aria-label="On this page">\n<h2>On this page</h2>\n<ul>\n${items.join('\n')}\n</ul>\n</nav>`
}

function renderEnd(page: Page, pages: Page[], root: string): string {
  const at = pages.indexOf(page)
  const [previous, next] = [pages[at - 1], pages[at + 1]]
  const link = (to: Page | undefined, kind: string, word: string) =>
    to && to.path !== home
      ? `<a class="${kind}" href="${root}${addressOf(to)}"><small>${word}</small>${escapeHtml(to.title)}</a>`
      : ''
  const neighbours = link(previous, 'previous', 'Previous') + link(next, 'next', 'Next')
  return `<footer>
<nav class="neighbours" aria-label="Previous and next page">${neighbours}</nav>
<a href="${sourceUrl(posix.join('docs', page.path))}">This page on GitHub</a>
</footer>`
}

const addressOf = ({ path }: Page) => path.replace(/\.md$/, '.html')
