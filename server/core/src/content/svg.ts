// Whether content is an SVG, by its root element, which may follow anything that XML allows before it.
import { constants, gunzipSync } from 'node:zlib'
import { latin1 } from './text.js'

// Each alternative can match in one way only, so matching takes time linear in the input.
const INSTRUCTION_OR_COMMENT = String.raw`<\?(?:(?!\?>)[^])*\?>|<!--(?:(?!-->)[^])*-->`
const NAME = String.raw`(?:[\w.-]+:)?svg`
const DOCTYPE = String.raw`<!DOCTYPE\s+${NAME}(?:\s[^[>]*)?(?:\[[^\]]*\]\s*)?>`
/** XML 1.0, productions 22 (prolog) and 40 (start tag). */
const SVG = new RegExp(String.raw`^(?:\s|${INSTRUCTION_OR_COMMENT}|${DOCTYPE})*<${NAME}[\s/>]`)

/** Also for .svgz files, which have the same type. */
export function looksLikeSvg(head: Uint8Array): boolean {
  return SVG.test(decode(head[0] === 0x1f && head[1] === 0x8b ? unzip(head) : head))
}

/** The start of the content of a truncated file, or nothing. */
function unzip(head: Uint8Array): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, 65_536)
  } catch {
    return new Uint8Array()
  }
}

/** Without the byte order mark. In all encodings of text but UTF-16, markup is ASCII. */
function decode(bytes: Uint8Array): string {
  const mark = latin1(bytes.subarray(0, 2))
  if (mark === '\xFF\xFE') return new TextDecoder('utf-16le').decode(bytes)
  if (mark === '\xFE\xFF') return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder().decode(bytes)
}
