// Reads multipart/form-data part by part, from a stream. Does not distinguish files and fields: S3 does so by their names,
// while general-purpose parsers look for a `filename`.
// https://www.rfc-editor.org/rfc/rfc7578
import type { Readable } from 'node:stream'
import { S3Error } from '../s3-error.js'

export interface FormPart {
  name: string
  /** Without a path; empty if there is none. */
  filename: string
  content: AsyncIterable<Buffer>
}

const maxHeadersBytes = 8 * 1024
const headersEnd = Buffer.from('\r\n\r\n')

export class MultipartReader {
  private readonly chunks: AsyncIterator<Buffer>
  private readonly delimiter: Buffer
  /** Read, but not yet returned. The first boundary has no line before it. */
  private ahead: Buffer = Buffer.from('\r\n')

  /** @throws S3Error MalformedPOSTRequest if the type names no boundary */
  constructor(source: Readable, contentType: string) {
    const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? []
    const boundary = quoted ?? plain
    if (boundary === undefined) throw new S3Error('MalformedPOSTRequest')
    this.delimiter = Buffer.from(`\r\n--${boundary}`)
    this.chunks = source[Symbol.asyncIterator]()
  }

  /** @returns `undefined` after the last part. @throws S3Error MalformedPOSTRequest if the form ends before it */
  async next(): Promise<FormPart | undefined> {
    for await (const _ of this.until(this.delimiter)) {
      // The rest of the previous part, or what precedes the first one.
    }
    this.skip(this.delimiter.length)
    while (this.ahead.length < 2) await this.readMore()
    if (this.ahead.toString('latin1', 0, 2) === '--') return undefined
    const headers = (await readAll(this.until(headersEnd), maxHeadersBytes)).toString()
    this.skip(headersEnd.length)
    const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(headers)?.[1] ?? ''
    const parameters = readParameters(disposition)
    const filename = parameters.get('filename*') ?? parameters.get('filename') ?? ''
    return {
      name: parameters.get('name') ?? '',
      filename: filename.replace(/^.*[/\\]/s, ''),
      content: this.until(this.delimiter),
    }
  }

  /** The bytes before `mark`. */
  private async *until(mark: Buffer): AsyncGenerator<Buffer> {
    for (let found = this.ahead.indexOf(mark); found !== 0; found = this.ahead.indexOf(mark)) {
      // The last bytes may be the start of the mark.
      const size = found > 0 ? found : this.ahead.length - mark.length + 1
      if (size > 0) {
        yield this.ahead.subarray(0, size)
        this.skip(size)
      } else {
        await this.readMore()
      }
    }
  }

  private skip(size: number): void {
    this.ahead = this.ahead.subarray(size)
  }

  private async readMore(): Promise<void> {
    const { done, value } = await this.chunks.next()
    if (done) throw new S3Error('MalformedPOSTRequest')
    this.ahead = Buffer.concat([this.ahead, value])
  }
}

/** @throws S3Error MaxPostPreDataLengthExceeded */
export async function readAll(content: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of content) {
    size += chunk.length
    if (size > maxBytes) throw new S3Error('MaxPostPreDataLengthExceeded')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** As browsers write them, with `"` as `%22`; a `\"` is curl's, but at the end of a value it is a name that ends in `\`. */
function readParameters(disposition: string): Map<string, string> {
  const pattern = /;\s*([^\s=;]+)=(?:"((?:\\"(?!\s*(?:;|$))|[^"])*)"|([^\s;]*))/g
  return new Map(
    Array.from(disposition.matchAll(pattern), ([, name = '', quoted, plain = '']) => [
      name.toLowerCase(),
      name.endsWith('*') ? decodeExtended(plain) : (quoted?.replaceAll('\\"', '"') ?? plain),
    ]),
  )
}

/** RFC 8187, as Python sends names beyond ASCII. */
function decodeExtended(value: string): string {
  try {
    return decodeURIComponent(value.replace(/^utf-8'[^']*'/i, ''))
  } catch {
    throw new S3Error('MalformedPOSTRequest')
  }
}
