// Where a page leads: its links and images, also those that are written as HTML.
import { Marked } from 'marked'
import type { Page } from './parse-page.js'

const marked = new Marked()

/** @returns targets of links, as they are written */
export function listLinks(page: Page): string[] {
  return list(page, 'link', /(?<= href=")[^"]+(?=")/g)
}

/** @returns addresses of images, as they are written */
export function listImages(page: Page): string[] {
  return list(page, 'image', /(?<= (?:src|srcset)=")[^"]+(?=")/g)
}

function list({ tokens }: Page, type: 'link' | 'image', attribute: RegExp): string[] {
  const found: string[] = []
  marked.walkTokens(tokens, (token) => {
    if (token.type === type) found.push(token.href)
    if (token.type === 'html') found.push(...(token.raw.match(attribute) ?? []))
  })
  return found
}

/** @returns all that a `#…` can lead to */
export function listAnchors({ tokens, headings }: Page): string[] {
  const anchors = [...headings.values()].map(({ id }) => id)
  marked.walkTokens(tokens, (token) => {
    if (token.type === 'html') anchors.push(...(token.raw.match(/(?<= id=")[^"]+(?=")/g) ?? []))
  })
  return anchors
}

/** Neither in this page nor beside it. */
export const isAbsolute = (href: string) => /^[a-z][a-z\d+.-]*:/i.test(href)
