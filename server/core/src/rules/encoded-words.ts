// RFC 2047 encoded words: how text travels in a header whose value is printable ASCII.

/**
 * Precedes a text that is all ASCII. AWS decodes the word before it stores the text, and returns ASCII unencoded, so a space at
 * the end would be lost, and text that looks like a word would be decoded. With this character, AWS encodes the text again.
 */
const WORD_JOINER = '\u2060'

/** Encodes a text as one word, even if longer than RFC 2047 allows, as Companion does. {@link decodeWords} undoes it. */
export function encodeWord(text: string): string {
  const marked = /^(?:\p{ASCII}*$|\u2060)/u.test(text) ? WORD_JOINER + text : text
  return `=?UTF-8?B?${Buffer.from(marked).toString('base64')}?=`
}

/** Matches a charset, without the language of RFC 2231; an encoding; the encoded text. */
const word = String.raw`=\?([^?*\s]+)(?:\*[^?\s]*)?\?([BQbq])\?([!->@-~]*)\?=`
const anyWord = new RegExp(word, 'g')
const adjacentWords = new RegExp(String.raw`${word}(?:\s*${word})*`, 'g')

/** Decodes each word in a text, in either encoding. Stores fold long values into words separated by spaces. */
export function decodeWords(value: string): string {
  const text = value.replace(adjacentWords, decodeAdjacent)
  return text.startsWith(WORD_JOINER) ? text.slice(1) : text
}

/** Decodes words of one charset as one text, because a character may be cut in two. Undecodable words stay unchanged. */
function decodeAdjacent(words: string): string {
  const runs: { charset: string; bytes: Buffer[] }[] = []
  for (const [, charset = '', encoding, text = ''] of words.matchAll(anyWord)) {
    const bytes = encoding?.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : decodeQ(text)
    const last = runs.at(-1)
    if (last?.charset.toLowerCase() === charset.toLowerCase()) last.bytes.push(bytes)
    else runs.push({ charset, bytes: [bytes] })
  }
  try {
    return runs.map(({ charset, bytes }) => decode(charset, Buffer.concat(bytes))).join('')
  } catch {
    return words
  }
}

/** RFC 2047, 4.2. */
function decodeQ(text: string): Buffer {
  const toCharacter = (_: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))
  return Buffer.from(text.replaceAll('_', ' ').replace(/=([0-9A-Fa-f]{2})/g, toCharacter), 'latin1')
}

/** @throws RangeError for an unknown charset */
function decode(charset: string, bytes: Buffer): string {
  return new TextDecoder(charset, { ignoreBOM: true }).decode(bytes)
}
