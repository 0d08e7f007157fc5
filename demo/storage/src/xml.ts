// Reads and writes S3's XML documents. Every leaf is text, because S3's keys may look like numbers.
import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser'
import { S3Error } from './s3-error.js'

export type XmlValue = string | number | boolean | XmlElement | readonly XmlValue[] | undefined
export interface XmlElement {
  readonly [name: string]: XmlValue
}

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
})
const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true })

/** Renders a reply; elements whose value is `undefined` are left out. */
export function renderXml(root: string, content: XmlElement): string {
  return renderDocument(root, { '@_xmlns': namespace, ...content })
}

/** Renders a document without S3's namespace: an error, or the reply to a form. */
export function renderDocument(root: string, content: XmlElement): string {
  const defined = JSON.parse(JSON.stringify(content)) as XmlElement
  // Every XML parser would turn a bare CR into LF.
  const document = builder.build({ [root]: defined }).replaceAll('\r', '&#13;')
  return `<?xml version="1.0" encoding="UTF-8"?>\n${document}`
}

/** An element of a request document, read by the names of its children. */
export class XmlReader {
  private constructor(private readonly element: Record<string, unknown>) {}

  /** @throws S3Error MalformedXML unless `text` is one well-formed element called `root`. */
  static parse(text: string, root: string): XmlReader {
    if (XMLValidator.validate(text) !== true) throw new S3Error('MalformedXML')
    checkReferences(text)
    const document = parseDocument(text)
    if (!(root in document)) throw new S3Error('MalformedXML')
    return XmlReader.from(document[root])
  }

  private static from(value: unknown): XmlReader {
    return new XmlReader(
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {},
    )
  }

  has(name: string): boolean {
    return Object.hasOwn(this.element, name)
  }

  names(): string[] {
    return Object.keys(this.element).filter((name) => name !== '#text')
  }

  text(name: string): string | undefined {
    return this.texts(name)[0]
  }

  texts(name: string): string[] {
    return this.all(name).map((value) => {
      if (typeof value !== 'string') throw new S3Error('MalformedXML')
      return value
    })
  }

  children(name: string): XmlReader[] {
    return this.all(name).map((value) => XmlReader.from(value))
  }

  private all(name: string): unknown[] {
    const value = this.has(name) ? this.element[name] : undefined
    if (value === undefined) return []
    return Array.isArray(value) ? value : [value]
  }
}

/** The parser refuses some names, such as `constructor`, that the validator accepts. */
function parseDocument(text: string): Record<string, unknown> {
  try {
    return parser.parse(text)
  } catch {
    throw new S3Error('MalformedXML')
  }
}

/**
 * Refuses references to what is no character of XML: the parser drops them, and one key would become another.
 * https://www.w3.org/TR/xml/#wf-Legalchar
 */
function checkReferences(text: string): void {
  const literal = /<!--.*?-->|<!\[CDATA\[.*?\]\]>/gs
  for (const [, hex, decimal] of text.replace(literal, '').matchAll(/&#(?:x([\da-f]+)|(\d+));/gi)) {
    if (!isCharacter(hex ? Number.parseInt(hex, 16) : Number(decimal))) throw new S3Error('MalformedXML')
  }
}

/** https://www.w3.org/TR/xml/#NT-Char */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff)
}
