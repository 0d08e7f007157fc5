// The parts that a page sends, counted in front of S3: what is started, and every byte of it.
import type { FaultProxy, SeenRequest } from '../support/fault-proxy/index.js'

/** Read at any time; a part that is sent twice is there twice. */
export interface SentParts {
  parts(): number[]
  bytes(): number
  withoutMd5(): number[]
}

/** From now on. */
export function countSentParts(line: FaultProxy): SentParts {
  line.forgetRequests()
  const sent = () => line.requests.filter(isPart)
  return {
    parts: () => sent().map(partNumberOf),
    bytes: () => sent().reduce((sum, { bodyBytesReceived }) => sum + bodyBytesReceived, 0),
    withoutMd5: () => sent().flatMap((part) => (part.headers['content-md5'] ? [] : partNumberOf(part))),
  }
}

/** The server's entries of the journal are no parts. */
export function isPart({ method, query }: SeenRequest): boolean {
  return method === 'PUT' && query.has('partNumber')
}

export function partNumberOf({ query }: SeenRequest): number {
  return Number(query.get('partNumber'))
}
