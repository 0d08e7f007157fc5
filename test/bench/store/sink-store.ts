// An S3 that keeps the numbers of parts, and whole what a server writes down (Partway's journal): for files that no machine
// has room for. It checks no signature, and says of each part that it has the size it was planned with.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { S3Client } from '@aws-sdk/client-s3'
import { serve } from '../../server/serve.js'
import type { BenchStore } from './bench-store.js'

export interface SinkStore extends BenchStore {
  /** What uploads are to be taken for. */
  expected: { size: number; partSize: number }
  /** From pages, with preflights. */
  readonly pageRequests: number
}

interface Upload {
  metadata: Record<string, string>
  parts: Set<number>
}

const PAGE = 1000
const region = 'us-east-1'
const credentials = { accessKeyId: 'sink', secretAccessKey: 'sink-secret' }

export async function openSinkStore(): Promise<SinkStore> {
  const uploads = new Map<string, Upload>()
  const objects = new Map<string, string>()
  let pageRequests = 0

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3')
    if (request.headers.origin) pageRequests++
    response.setHeaders(CORS)
    const { method, headers } = request
    if (searchParams.has('list-type')) return void response.end(EMPTY_LIST)
    if (!searchParams.has('uploadId') && !searchParams.has('uploads') && !uploads.has(pathname)) {
      const body = await text(request)
      return answerObject(
        objects,
        pathname,
        { method, body, isNew: headers['if-none-match'] === '*' },
        response,
      )
    }
    for await (const _ of request);
    const upload = uploads.get(pathname) ?? { metadata: {}, parts: new Set() }
    uploads.set(pathname, upload)
    if (method === 'PUT') {
      const partNumber = Number(searchParams.get('partNumber'))
      upload.parts.add(partNumber)
      response.setHeader('ETag', etagOf(partNumber)).end()
    } else if (method === 'POST' && searchParams.has('uploads')) {
      upload.metadata = metadataOf(request)
      const [, bucket, ...key] = decodeURIComponent(pathname).split('/')
      response.end(
        `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${key.join('/')}</Key><UploadId>sink</UploadId></InitiateMultipartUploadResult>`,
      )
    } else if (method === 'POST') {
      response.end(`<CompleteMultipartUploadResult><ETag>"whole-1"</ETag></CompleteMultipartUploadResult>`)
    } else if (method === 'DELETE') {
      uploads.delete(pathname)
      response.writeHead(204).end()
    } else if (method === 'HEAD') {
      response.setHeaders(new Map(Object.entries(upload.metadata)))
      response.setHeader('ETag', '"whole-1"').setHeader('Content-Length', store.expected.size).end()
    } else {
      response.end(listParts(upload, Number(searchParams.get('part-number-marker')), store.expected))
    }
  }

  const served = await serve((request, response) => void answer(request, response))
  const endpoint = served.origin
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  const store: SinkStore = {
    name: 'an S3 that keeps no file',
    keepsObjects: false,
    endpoint,
    region,
    credentials,
    port: Number(new URL(endpoint).port),
    client,
    expected: { size: 0, partSize: 1 },
    get pageRequests() {
      return pageRequests
    },
    createBucket: async () => 'sink',
    collectGarbage: async () => {},
    async close() {
      client.destroy()
      await served.close()
    },
  }
  return store
}

function answerObject(
  objects: Map<string, string>,
  path: string,
  { method, body, isNew }: { method: string | undefined; body: string; isNew: boolean },
  response: ServerResponse,
): void {
  const kept = objects.get(path)
  if (method === 'OPTIONS') response.end()
  else if (method === 'PUT' && isNew && kept !== undefined) response.writeHead(412).end()
  else if (method === 'PUT') {
    objects.set(path, body)
    response.setHeader('ETag', '"whole"').end()
  } else if (method === 'DELETE') {
    objects.delete(path)
    response.writeHead(204).end()
  } else if (kept === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
  else response.setHeader('ETag', '"whole"').end(method === 'GET' ? kept : undefined)
}

const CORS = new Map([
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT'],
  ['Access-Control-Allow-Headers', 'content-type, content-md5'],
  ['Access-Control-Expose-Headers', 'ETag, Location'],
])

const EMPTY_LIST = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'

/** No MD5: nothing is compared with it. */
const etagOf = (partNumber: number) => `"part-${partNumber}"`

function metadataOf({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'))
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]))
}

function listParts({ parts }: Upload, marker: number, { size, partSize }: SinkStore['expected']): string {
  const rest = [...parts].filter((partNumber) => partNumber > marker).sort((a, b) => a - b)
  const listed = rest.slice(0, PAGE).map((partNumber) => {
    const bytes = Math.min(partSize, size - (partNumber - 1) * partSize)
    return `<Part><PartNumber>${partNumber}</PartNumber><ETag>${etagOf(partNumber)}</ETag><Size>${bytes}</Size></Part>`
  })
  const next = rest[PAGE - 1] ?? 0
  return `<ListPartsResult><IsTruncated>${rest.length > PAGE}</IsTruncated><NextPartNumberMarker>${next}</NextPartNumberMarker>${listed.join('')}</ListPartsResult>`
}
