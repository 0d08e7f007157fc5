// The colours of code: spans whose classes name the kind of each token.
import { highlight } from 'sugar-high'
import { lang } from 'sugar-high/lang'
import { escapeHtml } from './escape-html.js'

/** Left as they are: drawings, and what a terminal shows. */
const PLAIN = ['', 'console', 'text', 'tree']
/** Without a colour of their own. */
const COLOURLESS = / class="sh__token--(?:identifier|sign|space|break)" style="[^"]*"/g

/** @param kind what follows the opening fence */
export function highlightCode(code: string, kind: string): string {
  const name = PLAIN.includes(kind) ? undefined : lang(kind)
  if (!name) return escapeHtml(code)
  return highlight(code, { lang: name })
    .replace(COLOURLESS, '')
    .replace(/<span>([^<]*)<\/span>/g, '$1')
    .replace(/ class="sh__token--(\w+)" style="[^"]*"/g, ' class="$1"')
}
