// Errors as they come from fetch and the SDK, and what people read.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { describeFailure, explainFailure } from '../../../../server/core/src/bucket/doctor/explain-failure.js'
import { PartwayError } from '../../../../server/core/src/errors.js'

async function failureOf(url: string): Promise<unknown> {
  return await fetch(url).then(
    () => undefined,
    (error: unknown) => error,
  )
}

test('a name that is in no DNS', async () => {
  const { seen, fix } = explainFailure(await failureOf('http://nobody.invalid/'), 'nobody.invalid')
  expect(seen).toMatch(/^the name in nobody\.invalid is not known to DNS \((ENOTFOUND|EAI_AGAIN)\)$/)
  expect(fix).toContain('--path-style')
})

/** A server that says this to whoever connects. */
async function speak(words: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(words)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a port that speaks something else than HTTP', async () => {
  const where = await speak('220 mail.example ESMTP\r\n')
  const { seen } = explainFailure(await failureOf(`http://${where}/`), where)
  expect(seen).toMatch(
    /^127\.0\.0\.1:\d+ closes the connection or does not answer in HTTP \((HPE_|HTTPParserError)/,
  )
})

test('https to a port without TLS', async () => {
  const where = await speak('HTTP/1.1 400 Bad Request\r\n\r\n')
  const { seen, fix } = explainFailure(await failureOf(`https://${where}/`), where)
  expect(seen).toContain(`${where} does not answer in TLS (`)
  expect(fix).toContain('http://')
})

test('a certificate that is not accepted', () => {
  const error = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  const { seen, fix } = explainFailure(new TypeError('fetch failed', { cause: error }), 's3.example')
  expect(seen).toBe('the TLS certificate of s3.example is not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)')
  expect(fix).toContain('NODE_EXTRA_CA_CERTS')
})

test('no answer in time', () => {
  const { seen } = explainFailure(new DOMException('', 'TimeoutError'), 's3.example')
  expect(seen).toBe('s3.example did not answer in time')
})

test("S3's own words, also behind an error for users of the page", () => {
  const refusal = Object.assign(new Error('Access Denied'), {
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  })
  expect(describeFailure(refusal)).toBe('403 AccessDenied: Access Denied')
  expect(describeFailure(new PartwayError('s3_access_denied', 'No.', { cause: refusal }))).toBe(
    '403 AccessDenied: Access Denied',
  )
})

test('long answers are cut to one line', () => {
  const text = describeFailure(new Error(`first\nsecond ${'x'.repeat(1000)}`))
  expect(text).toContain('first second')
  expect(text.length).toBeLessThan(220)
})
