// The protocol reference is what the code says: `npm run docs` writes it anew, and here it must not differ. Every reply of
// a real server fits it.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { multipart, openApp, sendAll } from '../server/native-client.js'
import { post, call as request } from '../server/serve.js'
import { openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { describeProtocol } from './describe-protocol.js'

const MIB = 1024 ** 2
const document = describeProtocol()
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(() => s3.close())

test('docs/openapi.json is up to date', async () => {
  const text = `${JSON.stringify(document, undefined, 2)}\n`
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/openapi.json'))
})

test('it is OpenAPI 3.1', async () => {
  expect(await new Validator().validate({ ...document })).toMatchObject({ valid: true })
})

test('every reply fits it', async () => {
  const ajv = new Ajv2020({ strict: false }).addSchema(document, 'openapi')
  const fits = (name: string, reply: unknown) => {
    const validate = ajv.getSchema(`openapi#/components/schemas/${name}`)
    if (!validate) throw new Error(`No schema ${name}`)
    expect(validate(reply), JSON.stringify({ errors: validate.errors, reply })).toBe(true)
  }
  const app = await openApp(s3)
  const { host } = app
  const call = async (route: string, body: object) =>
    (await post(`${host.origin}/uploads/${route}`, body, { 'x-user': 'ada' })).body
  const ask = async (route: string) =>
    (await request(`${host.origin}/uploads/${route}`, { headers: { 'x-user': 'ada' } })).body

  fits('ConfigReply', await ask('config'))
  fits('HealthReply', await ask('health'))
  const film = { name: 'film.mp4', type: 'video/mp4', size: 6 * MIB, idempotencyKey: '0123456789abcdef' }
  const note = { name: 'note.txt', type: 'text/plain', size: 3 }
  const created = await call('create', { files: [film, note, { ...note, size: 0 }] })
  fits('CreateReply', created)
  fits('CreateReply', await call('create', { files: [film] }))
  const grant = multipart((created as { uploads: never[] }).uploads[0])
  fits('SignReply', await call('sign', { ticket: grant.ticket, parts: [{ partNumber: 2 }] }))
  await sendAll(randomBytes(film.size), grant)
  fits('PartsReply', await call('parts', { ticket: grant.ticket }))
  fits('UnfinishedReply', await call('unfinished', {}))
  fits('CompleteReply', await call('complete', { tickets: [grant.ticket, 'wrong'] }))
  fits('AbortReply', await call('abort', { tickets: [grant.ticket, 'wrong'] }))
  fits('ErrorBody', await call('parts', { ticket: 'wrong' }))
  expect(() => fits('ErrorBody', { code: 'wrong' })).toThrow()
  await host.close()
})
