// Files that no test could send: what the server plans and signs for them, and what S3 makes of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { openApp } from './native-client.js'
import { post } from './serve.js'

const GIB = 1024 ** 3
const TIB = 1024 * GIB

let s3: S3UnderTest
let app: Awaited<ReturnType<typeof openApp>>

beforeAll(async () => {
  s3 = await openS3()
  app = await openApp(s3)
})
afterAll(async () => {
  await app?.host.close()
  await s3?.close()
})

test.each([
  ['48 TiB', 48 * TIB, 10_000],
  ['10,000 × 5 GiB', 10_000 * 5 * GIB, 10_000],
  ['5 TiB', 5 * TIB, 10_000],
  ['5 GiB and a byte', 5 * GIB + 1, 1000],
])('%s are begun, signed from the first part to the last, and aborted', async (_, size, mostParts) => {
  const [grant] = await app.create({ name: 'huge.bin', type: 'application/octet-stream', size })
  if (grant?.kind !== 'multipart') throw new Error(`not in parts: ${JSON.stringify(grant)}`)
  const { ticket, partSize, partCount } = grant
  expect(partCount).toBeLessThanOrEqual(mostParts)
  expect(partCount).toBe(Math.ceil(size / partSize))
  expect(partSize).toBeLessThanOrEqual(5 * GIB)
  const { parts } = await app.sign(ticket, 1, partCount)
  expect(parts.map(({ partNumber }) => partNumber)).toEqual([1, partCount])
  for (const { url } of parts) {
    // A part of another size is none of this upload's.
    const { status } = await fetch(url, { method: 'PUT', body: 'x' })
    expect(status).toBe(403)
  }
  expect(await app.sign(ticket, partCount + 1)).toMatchObject({ code: 'invalid_request' })
  expect(await app.parts(ticket)).toEqual({ parts: [] })
  expect(await app.abort(ticket)).toEqual([null])
})

test('a byte more than S3 can hold is no size of a file', async () => {
  const size = 10_000 * 5 * GIB + 1
  const file = { name: 'huge.txt', type: 'text/plain', size }
  const { status, body } = await post(`${app.host.origin}/uploads/create`, { files: [file] })
  expect(status).toBe(400)
  expect(body).toMatchObject({ code: 'invalid_request', field: 'files[0].size' })
})
