// A page's Markdown as HTML.
import { Marked, Renderer, type Tokens } from 'marked'
import type { Page } from '../markdown/parse-page.js'
import { escapeHtml } from './escape-html.js'
import { highlightCode } from './highlight-code.js'
import { rewriteLink } from './rewrite-link.js'

export function renderBody({ path, tokens, headings }: Page): string {
  const renderer = {
    heading(this: Renderer, token: Tokens.Heading): string {
      const { id = '' } = headings.get(token) ?? {}
      const text = this.parser.parseInline(token.tokens)
      const tag = `h${token.depth}`
      if (token.depth === 1) return `<h1 id="${id}">${text}</h1>\n`
      return `<${tag} id="${id}">${text} <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></${tag}>\n`
    },
    link(this: Renderer, token: Tokens.Link): string {
      return Renderer.prototype.link.call(this, { ...token, href: rewriteLink(token.href, path) })
    },
    html({ text }: Tokens.HTML | Tokens.Tag): string {
      const visible = text.replace(/<!--.*?-->/gs, '')
      return visible.replace(/(?<= href=")[^"]+(?=")/g, (href) => rewriteLink(href, path))
    },
    code({ text, lang = '' }: Tokens.Code): string {
      if (lang === 'mermaid') return `<pre class="diagram">${escapeHtml(text)}</pre>\n`
      return `<pre><code data-kind="${escapeHtml(lang)}">${highlightCode(text, lang)}</code></pre>\n`
    },
    table(this: Renderer, token: Tokens.Table): string {
      return `<div class="table">${Renderer.prototype.table.call(this, token)}</div>\n`
    },
  }
  return new Marked({ renderer }).parser(tokens)
}
