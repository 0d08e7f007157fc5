// Decodes `Content-Encoding: aws-chunked` with unsigned chunks, and collects the trailing headers.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
import { Transform, type TransformCallback } from 'node:stream'
import { S3Error } from '../s3-error.js'

const maxLineBytes = 8 * 1024

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done'

export class AwsChunkedDecoder extends Transform {
  /** Complete when the stream has ended. */
  readonly trailers = new Map<string, string>()
  private state: State = 'size'
  private chunkLeft = 0
  private line = ''

  override _transform(input: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.decode(input)
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  override _flush(done: TransformCallback): void {
    done(this.state === 'done' ? null : new S3Error('IncompleteBody'))
  }

  private decode(input: Buffer): void {
    let position = 0
    while (position < input.length) {
      if (this.state === 'data') {
        const chunk = input.subarray(position, position + this.chunkLeft)
        this.push(chunk)
        position += chunk.length
        this.chunkLeft -= chunk.length
        if (this.chunkLeft === 0) this.state = 'data-end'
        continue
      }
      const lineEnd = input.indexOf('\n', position)
      this.line += input.toString('latin1', position, lineEnd < 0 ? undefined : lineEnd)
      if (this.line.length > maxLineBytes) throw new S3Error('IncompleteBody')
      if (lineEnd < 0) return
      position = lineEnd + 1
      this.endLine(this.line.replace(/\r$/, ''))
      this.line = ''
    }
  }

  private endLine(line: string): void {
    switch (this.state) {
      case 'size': {
        const size = /^([0-9a-f]{1,12})(;.*)?$/i.exec(line)?.[1]
        if (size === undefined) throw new S3Error('IncompleteBody')
        this.chunkLeft = Number.parseInt(size, 16)
        this.state = this.chunkLeft === 0 ? 'trailer' : 'data'
        return
      }
      case 'data-end':
        if (line !== '') throw new S3Error('IncompleteBody')
        this.state = 'size'
        return
      case 'trailer': {
        if (line === '') {
          this.state = 'done'
          return
        }
        const colon = line.indexOf(':')
        this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
        return
      }
      default:
        throw new S3Error('IncompleteBody')
    }
  }
}
