// Receives a request's body: into a data file, or into memory for S3's small XML documents.
import type { IncomingMessage } from 'node:http'
import { finished, PassThrough, type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { S3Error } from '../s3-error.js'
import { header, type S3Request } from '../s3-request.js'
import type { DataFiles } from '../state/data-files.js'
import { AwsChunkedDecoder } from './aws-chunked.js'
import { BodyCheck, type BodyClaims, type BodyFacts, checkContentMd5, tooLarge } from './body-check.js'
import {
  type Checksum,
  type ChecksumAlgorithm,
  headerName,
  parseAlgorithm,
  readChecksum,
} from './checksums.js'

export interface StoredBody extends BodyFacts {
  dataId: string
}

/** The largest part, and the largest object in one request: 5 GiB. */
export const maxBodySize = 5 * 1024 ** 3
/** Enough for 10,000 parts with checksums. */
const maxDocumentSize = 4 * 1024 * 1024

/**
 * @param chooseAlgorithm The checksum to keep is of what it returns, in place of the algorithm that the client declares.
 * @throws S3Error if the body is not what the headers say; nothing of it is kept then
 */
export async function receiveData(
  request: S3Request,
  data: DataFiles,
  chooseAlgorithm?: (declared: ChecksumAlgorithm | undefined) => ChecksumAlgorithm,
): Promise<StoredBody> {
  const { claims, decoder } = readClaims(request, maxBodySize)
  if (chooseAlgorithm) claims.keptAlgorithm = chooseAlgorithm(claims.checksum?.algorithm)
  return storeBody(readBody(request.message), decoder ? [decoder] : [], claims, data)
}

/** Stores `source`, passed through the decoders. */
export async function storeBody(
  source: Readable,
  decoders: NodeJS.ReadWriteStream[],
  claims: BodyClaims,
  data: DataFiles,
): Promise<StoredBody> {
  // It may fail before it is read, as when the client goes. Whoever reads it learns of that.
  source.on('error', () => undefined)
  const check = await BodyCheck.create(claims)
  const dataId = await data.write(source, [...decoders, check])
  return { ...check.facts, dataId }
}

/**
 * The whole body as text.
 * @param described What a checksum among the headers covers.
 * @throws S3Error MaxMessageLengthExceeded
 */
export async function receiveText(
  request: S3Request,
  described: 'body' | 'object' = 'body',
): Promise<string> {
  const { claims, decoder } = readClaims(request, maxDocumentSize, 'MaxMessageLengthExceeded', described)
  const check = await BodyCheck.create(claims)
  const chunks: Buffer[] = []
  const collect = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  await pipeline([readBody(request.message), ...(decoder ? [decoder] : []), check, collect])
  return Buffer.concat(chunks).toString('utf8')
}

/** The body as its own stream: if that is destroyed, the connection stays open for the reply. */
export function readBody(message: IncomingMessage): Readable {
  const body = new PassThrough()
  message.pipe(body)
  finished(message, { writable: false }, (error) => {
    if (error) body.destroy(error)
  })
  // Reads and drops the rest of a refused body: otherwise the client could not read why it was refused.
  body.once('close', () => message.resume())
  return body
}

function readClaims(
  request: S3Request,
  maxSize: number,
  refusal: 'EntityTooLarge' | 'MaxMessageLengthExceeded' = 'EntityTooLarge',
  described: 'body' | 'object' = 'body',
): { claims: BodyClaims; decoder: AwsChunkedDecoder | undefined } {
  const { payloadHash } = request
  const decoder =
    typeof payloadHash === 'object' && 'chunked' in payloadHash
      ? new AwsChunkedDecoder(payloadHash.chunked)
      : undefined
  const size = readSize(request, decoder ? 'x-amz-decoded-content-length' : 'content-length')
  if (size > maxSize) throw refusal === 'EntityTooLarge' ? tooLarge(size, maxSize) : new S3Error(refusal)
  const contentMd5 = header(request, 'content-md5')
  const checksum = described === 'body' ? readDeclaredChecksum(request, decoder) : undefined
  return {
    decoder,
    claims: {
      maxSize,
      size,
      ...(typeof payloadHash === 'object' && 'sha256' in payloadHash && payloadHash),
      ...(contentMd5 !== undefined && { contentMd5: checkContentMd5(contentMd5) }),
      ...(checksum && { checksum }),
    },
  }
}

function readSize(request: S3Request, name: string): number {
  const text = header(request, name)
  if (text === undefined) throw new S3Error('MissingContentLength')
  if (!/^\d{1,15}$/.test(text)) throw new S3Error('InvalidArgument', `${name} must be a number of bytes`)
  return Number(text)
}

function readDeclaredChecksum(
  request: S3Request,
  decoder: AwsChunkedDecoder | undefined,
): BodyClaims['checksum'] {
  const inHeader: Checksum | undefined = readChecksum((name) => header(request, name))
  if (inHeader) return { algorithm: inHeader.algorithm, value: () => inHeader.value }
  const trailer = header(request, 'x-amz-trailer')
  if (decoder && trailer?.startsWith('x-amz-checksum-')) {
    const algorithm = parseAlgorithm(trailer.slice('x-amz-checksum-'.length))
    return {
      algorithm,
      value() {
        const value = decoder.trailers.get(headerName(algorithm))
        if (value === undefined) throw new S3Error('IncompleteBody', 'The trailing checksum is missing')
        return value
      },
    }
  }
  if (header(request, 'x-amz-sdk-checksum-algorithm') !== undefined) {
    throw new S3Error(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  }
  return undefined
}
