// Random changes of valid requests to all routes: never a 500, only coded refusals, and nobody reaches another's uploads.
import { ERROR_CODES, type ErrorBody, type ErrorCode, partway } from '@partway/koa'
import fc from 'fast-check'
import Koa from 'koa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownerFolder } from '../../../server/core/src/journal/entry-names.js'
import { ownerPrefix } from '../../../server/core/src/rules/object-key.js'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { type HostApp, secrets, serve } from '../serve.js'
import { takeApart } from './forge-ticket.js'
import { mutate, type WireRequest } from './mutate-request.js'
import { type Mutant, mutant } from './mutation.js'
import { type RawReply, sendRaw } from './raw-request.js'
import { openUploads, type ValidRequest, validRequests } from './valid-requests.js'
import { type S3Call, watchS3 } from './watch-s3.js'

const MUTATIONS = Number(process.env.MUTATIONS ?? 1_000)
/** Uploads are aborted and completed by some of the mutations, so new ones take their place after so many. */
const FRESH_EVERY = 100

let s3: S3UnderTest
let bucket: string
let host: HostApp
let watched: ReturnType<typeof watchS3>
/** Of the latest request, as the app sees it. */
let caller = ''

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
  watched = watchS3(s3)
  const app = new Koa()
  const errors: unknown[] = []
  app.on('error', (error) => errors.push(error))
  app.use((ctx, next) => {
    // As long as an owner may be.
    caller = ctx.get('x-user').slice(0, 64)
    return watched.caller.run(caller, next)
  })
  const uploads = partway({
    client: watched.client,
    bucket,
    owner: () => caller || undefined,
    secrets,
    companion: true,
    finishEverySeconds: 0,
    partSize: 5 * 1024 ** 2,
    multipartThreshold: 1,
    limits: { maxFileSize: 10 * 1024 ** 3 },
    quota: { files: 1_000_000, bytes: Number.MAX_SAFE_INTEGER },
    allowedOrigins: ['https://www.example.com'],
  })
  app.use(uploads)
  host = { app, uploads, errors, ...(await serve(app.callback())) }
})
afterAll(async () => {
  await host.close()
  await s3.close()
})

const commands = [
  'AbortMultipartUploadCommand',
  'CompleteMultipartUploadCommand',
  'CreateMultipartUploadCommand',
  'DeleteObjectCommand',
  'HeadObjectCommand',
  'ListObjectsV2Command',
  'ListPartsCommand',
]
const journalCommands = ['GetObjectCommand', 'PutObjectCommand']
const routes = [
  ...['config', 's3/params', 's3/multipart'].map((route) => `GET uploads/${route}`),
  ...['create', 'sign', 'parts', 'complete', 'abort', 'unfinished', 's3/multipart'].map(
    (route) => `POST uploads/${route}`,
  ),
  'DELETE uploads/s3/multipart',
]
/** In 10,000 mutations each comes dozens of times; in 1,000 chance may leave one out. */
const refusals: ErrorCode[] = [
  'invalid_json',
  'invalid_request',
  'key_mismatch',
  'not_signed_in',
  'origin_refused',
  'part_mismatch',
  'ticket_invalid',
  'ticket_not_yours',
  'ticket_wrong_kind',
  'unsupported_media_type',
  'upload_gone',
]
const codes = new Set(Object.keys(ERROR_CODES))
const seen = { sent: 0, accepted: new Set<string>(), refused: new Set<string>(), commands: new Set<string>() }

let valid: ValidRequest[] = []
let tickets: string[] = []
/** What the keys of an owner's entries in the journal start with. */
let journalOf = (_owner: string) => ''

async function openFreshUploads() {
  const uploads = await Promise.all(['ada', 'eve'].map((user) => openUploads(host, user)))
  valid = uploads.flatMap(validRequests)
  tickets = uploads.flatMap(({ single, planned, spare, open }) => [single, planned, spare, open.uploadId])
  const { aud, ent } = takeApart(tickets[0] ?? '').claims as { aud: string; ent: [string] }
  const [place = ''] = ent[0].split('/')
  journalOf = (owner) => `.partway/${ownerFolder(place, aud, owner)}`
}

async function attack({ request, mutations }: Mutant) {
  if (seen.sent % FRESH_EVERY === 0) await openFreshUploads()
  const wire = mutate(valid[request % valid.length] as ValidRequest, mutations, tickets)
  watched.calls.length = 0
  host.errors.length = 0
  const reply = await sendRaw(host.origin, wire.head, wire.body, { hangUp: wire.isCut })
  seen.sent++
  try {
    checkReply(wire, reply)
    for (const call of watched.calls) checkCall(call)
    expect(host.errors.filter((error) => !isOfKoa(error))).toEqual([])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  } catch (error) {
    const shown = [...wire.head, '', wire.body.toString().slice(0, 2000), '', JSON.stringify(reply)].join(
      '\n',
    )
    throw new Error(`${(error as Error).message}\n${shown}`, { cause: error })
  }
}

// Koa itself reports connections that were cut.
const isOfKoa = (error: unknown) => /^(?:HPE_|ECONN)/.test((error as NodeJS.ErrnoException).code ?? '')

function checkReply({ head, isCut }: WireRequest, { status, headers, body }: RawReply) {
  if (status === 0 && isCut) return
  expect(status).toBeGreaterThanOrEqual(200)
  expect(status).toBeLessThan(500)
  const isOurs = 'x-request-id' in headers
  // Otherwise Node, CORS preflights or Koa, whose 404 is for what is none of our routes.
  if (!isOurs) {
    expect([200, 204, 400, 404, 405, 413, 417, 431]).toContain(status)
    return
  }
  expect(headers['cache-control']).toBe('no-store')
  const [method, path = ''] = head[0]?.split(' ') ?? []
  if (method === 'HEAD') return
  const parsed = JSON.parse(body) as Partial<ErrorBody> & { uploads?: (Partial<ErrorBody> | null)[] }
  if (status >= 400) checkRefusal(parsed, status)
  else seen.accepted.add(`${method} ${path.split('?')[0]?.split('/').slice(1, 4).join('/')}`)
  for (const outcome of parsed.uploads ?? [])
    if (outcome?.code !== undefined) checkRefusal(outcome, outcome.status)
  checkGrants(body)
}

function checkRefusal({ code = '', status, error }: Partial<ErrorBody>, expected: number | undefined) {
  expect(codes).toContain(code)
  expect(status).toBe(ERROR_CODES[code as keyof typeof ERROR_CODES].status)
  expect(status).toBe(expected)
  expect(status).toBeLessThan(500)
  expect(error).toMatch(/\.$/)
  seen.refused.add(code)
}

/** Nothing is signed but for the caller's own keys and uploads. */
function checkGrants(body: string) {
  for (const [url] of body.matchAll(/https?:\/\/[^"]*X-Amz-Signature[^"]*/g)) {
    const { origin, pathname, searchParams } = new URL(url)
    const [, at = '', ...key] = decodeURIComponent(pathname).split('/')
    expect([origin, at]).toEqual([s3.endpoint, bucket])
    expect(key.join('/').startsWith(ownerPrefix('', caller))).toBe(true)
    const uploadId = searchParams.get('uploadId')
    if (uploadId) expect(watched.uploads.get(uploadId)).toEqual({ owner: caller, key: key.join('/') })
  }
  for (const [, policy = ''] of body.matchAll(/"Policy":"([^"]*)"/g)) {
    const { conditions } = JSON.parse(Buffer.from(policy, 'base64').toString())
    const signed: Record<string, string> = Object.assign({}, ...conditions)
    expect(signed).toMatchObject({ bucket, key: expect.stringMatching(/./) })
    expect(signed.key?.startsWith(ownerPrefix('', caller))).toBe(true)
  }
}

function checkCall({ owner, command, bucket: called, key, uploadId }: S3Call) {
  seen.commands.add(command)
  expect(called).toBe(bucket)
  const isOfJournal = key?.startsWith(journalOf(owner ?? '')) ?? false
  expect(isOfJournal ? [...commands, ...journalCommands] : commands).toContain(command)
  expect(isOfJournal || key?.startsWith(ownerPrefix('', owner ?? '')), `${owner} ${command} ${key}`).toBe(
    true,
  )
  if (uploadId !== undefined) expect(watched.uploads.get(uploadId)).toEqual({ owner, key })
}

test(`${MUTATIONS} mutations`, { timeout: 1_200_000 }, async () => {
  await fc.assert(fc.asyncProperty(mutant, attack), { numRuns: MUTATIONS })
  expect(seen.sent).toBe(MUTATIONS)
  // What was mutated was valid, and the mutations got far.
  expect([...seen.commands]).toEqual(expect.arrayContaining([...commands, ...journalCommands]))
  expect([...seen.accepted]).toEqual(expect.arrayContaining(routes))
  if (MUTATIONS >= 10_000) expect([...seen.refused]).toEqual(expect.arrayContaining(refusals))
})
