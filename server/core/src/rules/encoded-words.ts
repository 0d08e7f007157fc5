// RFC 2047 encoded words: how text travels in a header whose value is printable ASCII.

/**
 * In front of a text of ASCII only. AWS decodes the word before it stores the text, and returns ASCII as it is, so a
 * space at the end would be lost, and what looks like a word would be taken for one; with this it encodes it again.
 */
const WORD_JOINER = '\u2060'

/** One word, longer than RFC 2047 allows if need be, as Companion writes it. {@link decodeWords} undoes it. */
export function encodeWord(text: string): string {
  const marked = /^(?:\p{ASCII}*$|\u2060)/u.test(text) ? WORD_JOINER + text : text
  return `=?UTF-8?B?${Buffer.from(marked).toString('base64')}?=`
}

/** A charset, without the language of RFC 2231; an encoding; a text in it. */
const word = String.raw`=\?([^?*\s]+)(?:\*[^?\s]*)?\?([BQbq])\?([!->@-~]*)\?=`
const anyWord = new RegExp(word, 'g')
const adjacentWords = new RegExp(String.raw`${word}(?:\s*${word})*`, 'g')

/** Text with each word in it decoded, in either encoding. Stores fold long values into words with spaces between. */
export function decodeWords(value: string): string {
  const text = value.replace(adjacentWords, decodeAdjacent)
  return text.startsWith(WORD_JOINER) ? text.slice(1) : text
}

/** Words of one charset are one text: a character may be cut in two. What cannot be decoded stays as it is. */
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
