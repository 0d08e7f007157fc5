// Signature Version 4 for requests that others send, stage by stage and in the terms of its documentation: in the query of a
// URL, https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, and in the fields of a form,
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html
import { createHmac, hash } from 'node:crypto'
import { encodeStrictly } from './bucket-endpoint.js'

/** Whose key signs, where, from when and for how long. */
export interface SigningScope {
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined }
  region: string
  service: string
  signingDate: Date
  /** Seconds. */
  expiresIn: number
}

export interface QueryRequest {
  method: string
  /** With the port where it is not the protocol's own. */
  host: string
  /** Percent-encoded, from the root of the host. */
  path: string
  query: Record<string, string>
  /** Signed, so to be sent exactly like this. Lower-case names. */
  headers: Record<string, string>
}

export interface Signer {
  /** @returns the query of the signed URL */
  signQuery(request: QueryRequest): string
  /**
   * Each field has to be sent exactly like this.
   *
   * @param conditions of the policy, beside those that the fields are
   * @returns all fields of the form, but the file
   */
  signForm(fields: Record<string, string>, conditions: readonly unknown[]): Record<string, string>
}

/** A body is not known when its URL is signed. */
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** All that its requests have in common is computed here, once. */
export function createSigner(scope: SigningScope): Signer {
  const { credentials, region, service, signingDate, expiresIn } = scope
  // 20260304T050607Z
  const time = signingDate.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const date = time.slice(0, 8)
  const credentialScope = `${date}/${region}/${service}/aws4_request`
  const signingKey = [date, region, service, 'aws4_request'].reduce<Buffer>(
    hmac,
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  )
  const common = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${credentialScope}`,
    'X-Amz-Date': time,
    ...(credentials.sessionToken && { 'X-Amz-Security-Token': credentials.sessionToken }),
  }
  const commonPairs = toPairs({
    ...common,
    'X-Amz-Content-Sha256': UNSIGNED_PAYLOAD,
    'X-Amz-Expires': String(expiresIn),
  })
  const expiration = new Date(signingDate.getTime() + expiresIn * 1000).toISOString()

  return {
    signQuery({ method, host, path, query, headers }) {
      const signed: Record<string, string> = { ...headers, host }
      const names = Object.keys(signed).sort()
      const signedHeaders = names.join(';')
      const own = toPairs({ ...query, 'X-Amz-SignedHeaders': signedHeaders })
      const canonicalQuery = [...commonPairs, ...own].sort().join('&')
      const canonicalHeaders = names
        .map((name) => `${name}:${toCanonical(signed[name] as string)}\n`)
        .join('')
      const canonicalRequest = `${method}\n${path}\n${canonicalQuery}\n${canonicalHeaders}\n${signedHeaders}\n${UNSIGNED_PAYLOAD}`
      const stringToSign = `AWS4-HMAC-SHA256\n${time}\n${credentialScope}\n${hash('sha256', canonicalRequest)}`
      return `${canonicalQuery}&X-Amz-Signature=${hmac(signingKey, stringToSign).toString('hex')}`
    },

    signForm(fields, conditions) {
      const all = { ...fields, ...common }
      const exactly = Object.entries(all).map(([name, value]) => ({ [name]: value }))
      const policy = { expiration, conditions: [...exactly, ...conditions] }
      const stringToSign = Buffer.from(JSON.stringify(policy)).toString('base64')
      return {
        ...all,
        Policy: stringToSign,
        'X-Amz-Signature': hmac(signingKey, stringToSign).toString('hex'),
      }
    },
  }
}

function toPairs(query: Record<string, string>): string[] {
  return Object.entries(query).map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
}

function toCanonical(value: string): string {
  return value.trim().replace(/\s+/g, ' ')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
