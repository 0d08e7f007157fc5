import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nameInParts, ownerFolder } from '../../../server/core/src/journal/entry-names.js'
import { defaultKey, ownerPrefix } from '../../../server/core/src/rules/object-key.js'
import { deriveKeys, type Keys } from '../../../server/core/src/tickets/secrets.js'
import type { MultipartTicket, OpenTicket, SingleTicket } from '../../../server/core/src/tickets/ticket.js'
import { signTicket, verifyOpenTicket, verifyTicket } from '../../../server/core/src/tickets/ticket-token.js'

const oldSecret = 'old secret, which is thirty-two or more'
const newSecret = 'new secret, which is thirty-two or more'
const keys = async (...secrets: [string, ...string[]]): Promise<Keys['tickets']> =>
  (await deriveKeys(secrets)).tickets
const rules = { keys: await keys(oldSecret), expiresInSeconds: 60, mount: 'd'.repeat(22) }

const multipart: MultipartTicket = {
  kind: 'multipart',
  id: '8d96c00f-ef8d-4980-8985-4d39fb3bf3af',
  bucket: 'media',
  key: '8d96c00f-ef8d-4980-8985-4d39fb3bf3af/Übergröße.mp4',
  owner: 'ada',
  issuedAt: 1_700_000_000,
  entry: { path: 'place/owner/m-file-decision', index: 0, count: 1 },
  uploadId: '2~abc',
  size: 12,
  partSize: 5,
  checksum: 'md5',
  md5Etags: true,
}

beforeEach(() => {
  vi.useFakeTimers({ now: multipart.issuedAt * 1000, toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const { uploadId, partSize, checksum, md5Etags, ...withoutParts } = multipart
const { size, ...withoutSize } = withoutParts
const single: SingleTicket = { ...withoutParts, kind: 'single' }
const open: OpenTicket = { ...withoutSize, kind: 'open', uploadId, minFileSize: 1, maxFileSize: 99 }

const verify = (token: string, more: Partial<typeof rules> = {}) =>
  verifyTicket(token, { ...rules, ...more }, 'ada')

const unchecked: MultipartTicket = {
  ...withoutParts,
  kind: 'multipart',
  size,
  uploadId,
  partSize,
  md5Etags: false,
}

test.each([multipart, unchecked, { ...multipart, checksum: 'crc64nvme' }, single] as const)(
  'a ticket comes back as it was signed: %o',
  async (ticket) => {
    expect(await verify(await signTicket(ticket, rules))).toEqual(ticket)
  },
)

test('an open ticket comes back with the key that its client sends', async () => {
  const token = await signTicket(open, rules)
  expect(await verifyOpenTicket(token, rules, { owner: 'ada', key: open.key })).toEqual(open)
})

test('it tells neither owner nor, where the client sends it, key', async () => {
  const claimsOf = (token: string) => Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  const owner = 'ada@example.com'
  expect(claimsOf(await signTicket({ ...multipart, owner }, rules))).not.toContain(owner)
  expect(claimsOf(await signTicket({ ...open, owner }, rules))).not.toMatch(/ada@|bergr/)
})

test('with the longest names it stays under 1.25 KiB', async () => {
  const folder = ownerFolder('p'.repeat(22), 'm'.repeat(22), 'ada')
  const entryPath = folder + nameInParts('a file', 'a decision')
  const long = {
    bucket: 'b'.repeat(63),
    owner: 'ü'.repeat(64),
    key: defaultKey(ownerPrefix('', 'ü'.repeat(64)), multipart.id, `${'ü'.repeat(255)}.mp4`),
    uploadId: 'u'.repeat(200),
    entry: { path: entryPath, index: 0, count: 1 },
  }
  const size = Number.MAX_SAFE_INTEGER
  const tokens = [
    await signTicket({ ...multipart, ...long, size, partSize: size }, rules),
    await signTicket(
      { ...open, ...long, key: 'k'.repeat(1024), minFileSize: size, maxFileSize: size },
      rules,
    ),
  ]
  for (const token of tokens) expect(token.length).toBeLessThan(1280)
})

test('whatever key the host makes, it is not too long to be taken', async () => {
  const key = '"'.repeat(1024)
  const token = await signTicket({ ...multipart, key, uploadId: 'u'.repeat(200) }, rules)
  expect(await verifyTicket(token, rules, 'ada')).toMatchObject({ key })
})

describe('is refused', () => {
  test('after its expiry, and not before', async () => {
    const token = await signTicket(multipart, rules)
    vi.setSystemTime((multipart.issuedAt + 59) * 1000)
    expect(await verify(token)).toEqual(multipart)
    vi.setSystemTime((multipart.issuedAt + 60) * 1000)
    await expect(verify(token)).rejects.toMatchObject({ code: 'ticket_expired', status: 410 })
  })

  test('when any character of it is changed', async () => {
    const token = await signTicket(multipart, rules)
    for (let index = 0; index < token.length - 1; index++) {
      const other = token[index] === 'A' ? 'B' : 'A'
      const changed = token.slice(0, index) + other + token.slice(index + 1)
      await expect(verify(changed), `at ${index}`).rejects.toMatchObject({
        code: 'ticket_invalid',
        status: 403,
      })
    }
  })

  test.each([
    ['empty', ''],
    ['not a token', 'a.b.c'],
    ['unsigned', `${btoa('{"alg":"none"}')}.${btoa('{"knd":"s"}')}.`],
  ])('when it is %s', async (_, token) => {
    await expect(verify(token)).rejects.toMatchObject({ code: 'ticket_invalid' })
  })

  test("when it is another owner's", async () => {
    const token = await signTicket(multipart, rules)
    await expect(verifyTicket(token, rules, 'eve')).rejects.toMatchObject({
      code: 'ticket_not_yours',
      status: 403,
    })
    const openToken = await signTicket(open, rules)
    const bearer = { owner: 'eve', key: open.key }
    await expect(verifyOpenTicket(openToken, rules, bearer)).rejects.toMatchObject({
      code: 'ticket_not_yours',
    })
  })

  test('when it is for another mount', async () => {
    const elsewhere = { ...rules, mount: 'e'.repeat(22) }
    const refusal = { code: 'ticket_invalid', message: expect.stringContaining('another mount') }
    await expect(verify(await signTicket(multipart, elsewhere))).rejects.toMatchObject(refusal)
    const openToken = await signTicket(open, elsewhere)
    const bearer = { owner: 'ada', key: open.key }
    await expect(verifyOpenTicket(openToken, rules, bearer)).rejects.toMatchObject(refusal)
  })

  test('when it is of the other kind of client, or for another key', async () => {
    const planned = await signTicket(multipart, rules)
    const openToken = await signTicket(open, rules)
    const bearer = { owner: 'ada', key: open.key }
    await expect(verify(openToken)).rejects.toMatchObject({
      code: 'ticket_wrong_kind',
      status: 400,
      field: 'ticket',
    })
    await expect(verifyOpenTicket(planned, rules, bearer)).rejects.toMatchObject({
      code: 'ticket_wrong_kind',
      field: 'uploadId',
    })
    const other = { ...bearer, key: `${open.key}x` }
    await expect(verifyOpenTicket(openToken, rules, other)).rejects.toMatchObject({
      code: 'key_mismatch',
      field: 'key',
    })
  })

  test('when another secret signed it, or the secret itself did', async () => {
    const foreign = await signTicket(multipart, { ...rules, keys: await keys(newSecret) })
    await expect(verify(foreign)).rejects.toMatchObject({ code: 'ticket_invalid' })
    const [header, claims] = (await signTicket(multipart, rules)).split('.')
    const signature = createHmac('sha256', oldSecret).update(`${header}.${claims}`).digest('base64url')
    await expect(verify(`${header}.${claims}.${signature}`)).rejects.toMatchObject({ code: 'ticket_invalid' })
  })
})

test('secrets rotate: the first signs, all verify', async () => {
  const before = await signTicket(multipart, rules)
  const rotated = { ...rules, keys: await keys(newSecret, oldSecret) }
  expect(await verify(before, rotated)).toEqual(multipart)
  const after = await signTicket(multipart, rotated)
  expect(await verify(after, { keys: await keys(newSecret) })).toEqual(multipart)
  await expect(verify(after)).rejects.toMatchObject({ code: 'ticket_invalid' })
  vi.setSystemTime((multipart.issuedAt + 60) * 1000)
  await expect(verify(before, rotated)).rejects.toMatchObject({ code: 'ticket_expired' })
})
