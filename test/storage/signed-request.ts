// Signs requests as clients do that do not come with the AWS SDK for JavaScript: any host, and bodies in signed chunks.
import { createHash, createHmac } from 'node:crypto'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { S3UnderTest } from '../support/s3-under-test.js'
import type { Refusal } from './s3-replies.js'

type Headers = Record<string, string>
type Target = Pick<S3UnderTest, 'endpoint' | 'region' | 'credentials'>

export interface RequestToSign {
  method: string
  /** Encoded; its query, if there is one, in order. */
  path: string
  /** Where another than the endpoint's. */
  host?: string
  headers?: Headers
  payloadHash: string
}

export interface SignedRequest {
  headers: Headers
  signature: string
  /** Signs more, such as the chunks of the body. */
  sign(kind: 'PAYLOAD' | 'TRAILER', previous: string, ...hashes: string[]): string
}

export function hashOf(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

export function signRequest(
  s3: Target,
  { method, path, payloadHash, ...more }: RequestToSign,
): SignedRequest {
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${timestamp.slice(0, 8)}/${s3.region}/s3/aws4_request`
  const headers: Headers = {
    host: more.host ?? new URL(s3.endpoint).host,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': timestamp,
    ...more.headers,
  }
  const names = Object.keys(headers).sort()
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const [pathname = '', query = ''] = path.split('?')
  const canonical = [method, pathname, query, lines, names.join(';'), payloadHash].join('\n')
  const key = scope
    .split('/')
    .reduce<Buffer | string>((key, step) => hmac(key, step), `AWS4${s3.credentials.secretAccessKey}`)
  const signText = (...lines: string[]) => hmac(key, lines.join('\n')).toString('hex')
  const signature = signText('AWS4-HMAC-SHA256', timestamp, scope, hashOf(canonical))
  const credential = `${s3.credentials.accessKeyId}/${scope}`
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${names.join(';')},Signature=${signature}`
  return {
    headers,
    signature,
    sign: (kind, previous, ...hashes) =>
      signText(`AWS4-HMAC-SHA256-${kind}`, timestamp, scope, previous, ...hashes),
  }
}

/** Sends it to the endpoint, whatever host the headers name. */
export async function sendTo(
  s3: Target,
  method: string,
  path: string,
  headers: Headers,
  body: Uint8Array = Buffer.alloc(0),
): Promise<Refusal & { headers: IncomingMessage['headers']; text: string }> {
  const { hostname, port } = new URL(s3.endpoint)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers }, resolve)
    request.on('error', reject)
    request.end(body)
  })
  const document = await text(response)
  const code = /<Code>(.+?)<\/Code>/.exec(document)?.[1] ?? ''
  return { code, status: response.statusCode, headers: response.headers, text: document }
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
