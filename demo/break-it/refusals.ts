// S3's error replies, with CORS headers so that a page may read them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function answerExpired(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  answer(request, response, 403, 'AccessDenied', 'Request has expired')
}

/** Replies after the body: a browser that is still sending would see a lost connection. */
export async function answerUnavailable(
  request: IncomingMessage,
  response: ServerResponse,
  throttle: Duplex,
): Promise<void> {
  await pipeline(request, throttle, async (body) => {
    for await (const _ of body);
  })
  answer(request, response, 503, 'SlowDown', 'Please reduce your request rate.')
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
): void {
  const { origin } = request.headers
  response.writeHead(status, {
    'content-type': 'application/xml',
    ...(origin && { 'access-control-allow-origin': origin, vary: 'Origin' }),
  })
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  )
}
