// Watches one request to S3: its owner, the bytes sent, and the part's outcome.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { MAX_PARTS } from '@partway/server/protocol'
import type { PartsWatch } from './parts-watch.js'

/** @returns the function to call as bytes get through */
export function watchRequest(
  request: IncomingMessage,
  response: ServerResponse,
  watch: PartsWatch,
): { countBytes: (bytes: number) => void } {
  const url = new URL(request.url ?? '/', 'http://s3')
  // Path style: the first segment is the bucket.
  const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'))
  const owner = key.slice(0, key.indexOf('/'))
  const partNumber = Number(url.searchParams.get('partNumber'))
  const isPart = Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= MAX_PARTS
  if (request.method !== 'PUT' || !owner || !isPart) {
    return { countBytes: () => {} }
  }
  watch.setPart(key, partNumber, 'sending')
  response.once('close', () => {
    const isStored = response.writableFinished && response.statusCode === 200
    watch.setPart(key, partNumber, isStored ? 'done' : 'again')
  })
  return { countBytes: (bytes) => watch.countBytes(owner, bytes) }
}
