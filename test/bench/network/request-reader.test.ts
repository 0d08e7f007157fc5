import { expect, test } from 'vitest'
import { type PassedRequest, RequestReader } from './request-reader.js'

const PREFLIGHT =
  'OPTIONS /b/k?partNumber=1 HTTP/1.1\r\nHost: s3\r\nAccess-Control-Request-Method: PUT\r\n\r\n'
const PUT = 'PUT /b/k?partNumber=1 HTTP/1.1\r\nHost: s3\r\nContent-Length: 12\r\n\r\nGET / HTTP/1'
const GET = 'GET /b HTTP/1.1\r\nHost: s3\r\n\r\n'

test.for([1, 7, 64, 1000])('finds requests and their bodies in pieces of %i bytes', (size) => {
  const seen: PassedRequest[] = []
  const reader = new RequestReader((request) => seen.push(request))
  const all = Buffer.from(PREFLIGHT + PUT + GET)
  for (let start = 0; start < all.length; start += size) reader.read(all.subarray(start, start + size))

  expect(seen).toMatchObject([
    { method: 'OPTIONS', path: '/b/k?partNumber=1', preflight: true, bodyBytes: 0 },
    { method: 'PUT', path: '/b/k?partNumber=1', preflight: false, bodyBytes: 12, length: 12 },
    { method: 'GET', path: '/b', preflight: false, bodyBytes: 0 },
  ])
})
