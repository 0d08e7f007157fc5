// Decodes `Content-Encoding: aws-chunked`, checks the signatures of its chunks, and collects the trailing headers.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
import { createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { S3Error } from '../s3-error.js'
import type { ChunkedPayload } from '../s3-request.js'

const maxLineBytes = 8 * 1024
/** Of all chunks but the last one with data. */
const minChunkBytes = 8192

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done'

/** Passes data on before its chunk is known to be as signed: whoever stores it drops it if the stream fails. */
export class AwsChunkedDecoder extends Transform {
  /** Complete when the stream has ended. */
  readonly trailers = new Map<string, string>()
  private state: State = 'size'
  private chunkLeft = 0
  private chunkSize = Number.POSITIVE_INFINITY
  private chunkHash = createHash('sha256')
  private claimedSignature = ''
  private line = ''

  constructor(private readonly payload: ChunkedPayload) {
    super()
  }

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
        if (this.payload.signatures) this.chunkHash.update(chunk)
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
      case 'size':
        this.startChunk(line)
        return
      case 'data-end':
        if (line !== '') throw new S3Error('IncompleteBody')
        this.endChunk()
        this.state = 'size'
        return
      case 'trailer':
        this.readTrailer(line)
        return
      default:
        // Some clients end the trailer with more than one empty line.
        if (line !== '') throw new S3Error('IncompleteBody')
    }
  }

  private startChunk(line: string): void {
    const [, size, extensions = ''] = /^([0-9a-f]{1,12})(;.*)?$/i.exec(line) ?? []
    if (size === undefined) throw new S3Error('IncompleteBody')
    this.chunkLeft = Number.parseInt(size, 16)
    if (this.chunkLeft > 0 && this.chunkSize < minChunkBytes) throw new S3Error('InvalidChunkSizeError')
    this.chunkSize = this.chunkLeft
    this.claimedSignature = /;chunk-signature=([^;]*)/.exec(extensions)?.[1] ?? ''
    this.state = this.chunkLeft === 0 ? 'trailer' : 'data'
    if (this.chunkLeft === 0) this.endChunk()
  }

  private endChunk(): void {
    if (!this.payload.signatures) return
    this.payload.signatures.checkChunk(this.chunkHash.digest('hex'), this.claimedSignature)
    this.chunkHash = createHash('sha256')
  }

  private readTrailer(line: string): void {
    const { hasTrailer, signatures } = this.payload
    const isSigned = hasTrailer && signatures
    if (line === '') {
      // MinIO's client sends an empty line before the signature as well.
      if (!isSigned) this.state = 'done'
      return
    }
    if (!hasTrailer) throw new S3Error('MalformedTrailerError')
    const colon = line.indexOf(':')
    const [name, value] = [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    if (isSigned && name === 'x-amz-trailer-signature') {
      signatures.checkTrailer(this.trailers, value)
      this.state = 'done'
    } else {
      this.trailers.set(name, value)
    }
  }
}
