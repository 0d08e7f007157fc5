// An S3 service that answers as a test wants it, by method and query, and keeps what it was sent.
import { S3Client } from '@aws-sdk/client-s3'
import { type Served, serve } from '../serve.js'

export interface StubReply {
  status: number
  body?: string
  headers?: Record<string, string>
}

export interface Seen {
  /** `METHOD subresource`, such as `PUT cors`. */
  request: string
  body: string
  connection: string | undefined
}

export interface StoreStub extends Served {
  seen: Seen[]
  /** `METHOD subresource` of the requests that were to change something. */
  changes(): string[]
  target: { client: S3Client; bucket: string }
}

const SUBRESOURCES = [
  'list-type',
  'publicAccessBlock',
  'encryption',
  'cors',
  'lifecycle',
  'uploads',
  'partNumber',
  'uploadId',
]

export const SECRET = 'wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY'

export const fault = (status: number, code: string): StubReply => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>about ${code}</Message></Error>`,
})

export const document = (body: string): StubReply => ({ status: 200, body: `<?xml version="1.0"?>${body}` })

/** What AWS answers for a bucket without any settings. */
export const BARE: Record<string, StubReply> = {
  'GET list-type': document('<ListBucketResult></ListBucketResult>'),
  'GET publicAccessBlock': fault(404, 'NoSuchPublicAccessBlockConfiguration'),
  'GET encryption': fault(404, 'ServerSideEncryptionConfigurationNotFoundError'),
  'GET cors': fault(404, 'NoSuchCORSConfiguration'),
  'GET lifecycle': fault(404, 'NoSuchLifecycleConfiguration'),
  'POST uploads': document(
    '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
  ),
}

/** @param replies by `METHOD subresource`; others are 200 without a body. A function gets what came before. */
export async function startStub(
  replies: Record<string, StubReply | ((before: Seen[]) => StubReply | Promise<StubReply>)>,
): Promise<StoreStub> {
  const seen: Seen[] = []
  const store = await serve(async (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://s3')
    const subresource = SUBRESOURCES.find((name) => searchParams.has(name)) ?? ''
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const name = `${request.method} ${subresource}`.trim()
    const reply = replies[name] ?? { status: 200 }
    const { status, headers, body } = typeof reply === 'function' ? await reply([...seen]) : reply
    const { connection } = request.headers
    seen.push({ request: name, body: Buffer.concat(chunks).toString(), connection })
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body)
  })
  const client = new S3Client({
    endpoint: store.origin,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET },
    forcePathStyle: true,
    // The SDK's own retries would only make this slow.
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  return {
    ...store,
    seen,
    changes: () => seen.map(({ request }) => request).filter((request) => !/^(GET|HEAD)/.test(request)),
    target: { client, bucket: 'media' },
  }
}
