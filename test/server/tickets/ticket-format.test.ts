// The ticket as a token: what it looks like is fixed, since servers of several versions share uploads.
import { beforeEach, expect, test, vi } from 'vitest'
import { deriveKeys } from '../../../server/core/src/tickets/secrets.js'
import type { MultipartTicket, OpenTicket, SingleTicket } from '../../../server/core/src/tickets/ticket.js'
import {
  MAX_TICKET_LENGTH,
  signTicket,
  verifyOpenTicket,
  verifyTicket,
} from '../../../server/core/src/tickets/ticket-token.js'
import { hmac, seal, takeApart } from '../attacks/forge-ticket.js'

const { tickets: keys } = await deriveKeys(['a secret of thirty-two characters or more'])
const rules = { keys, expiresInSeconds: 60, mount: 'm'.repeat(22) }
const entry = { path: 'place/owner/s-call', index: 1, count: 2 }
const common = { id: 'uuid-1', bucket: 'media', key: 'a/b', owner: 'ada', issuedAt: 1_700_000_000, entry }
const single: SingleTicket = { ...common, kind: 'single', size: 12 }
const multipart: MultipartTicket = {
  ...common,
  kind: 'multipart',
  uploadId: 'u',
  size: 12,
  partSize: 5,
  checksum: 'crc64nvme',
  md5Etags: true,
}
const open: OpenTicket = { ...common, kind: 'open', uploadId: 'u', minFileSize: 1, maxFileSize: 99 }
const invalid = { code: 'ticket_invalid', status: 403 }

beforeEach(() => {
  vi.useFakeTimers({ now: common.issuedAt * 1000, toFake: ['Date'] })
  return () => vi.useRealTimers()
})

// HKDF-SHA256 (RFC 5869) of the secret, without salt, for `partway ticket v1`; 128 bits of SHA-256 of owner and key.
const key = Buffer.from('8022bfc933f473f747a8a8fc4a0a089245f68dd89fdf84075c8b6d53458981a7', 'hex')
const ada = '_e5DDUC9V97qwYbNl5ADPQ'
const times = { iat: 1_700_000_000, exp: 1_700_000_060 }
const ent = ['place/owner/s-call', 1, 2]
const claims = { jti: 'uuid-1', bkt: 'media', aud: rules.mount, sub: ada, ent, ...times }
const planned = { upl: 'u', siz: 12, psz: 5, chk: 'crc64nvme', md5: true }

test.each([
  [single, { ...claims, knd: 's', key: 'a/b', siz: 12 }],
  [multipart, { ...claims, knd: 'm', key: 'a/b', ...planned }],
  [open, { ...claims, knd: 'o', kdg: 'wUzdwDP2S53qgOpnXPKAoA', upl: 'u', min: 1, max: 99 }],
])('an upload that a server of another version began goes on: $kind', async (ticket, expected) => {
  expect(takeApart(await signTicket(ticket, rules)).claims).toEqual(expected)
  const token = seal({ alg: 'HS256' }, expected, hmac(key))
  const read =
    ticket.kind === 'open'
      ? verifyOpenTicket(token, rules, { owner: 'ada', key: 'a/b' })
      : verifyTicket(token, rules, 'ada')
  expect(await read).toEqual(ticket)
})

test('too long is refused, although it is signed', async () => {
  const withLength = async (length: number) => {
    const rest = (await signTicket({ ...multipart, uploadId: '' }, rules)).length
    // Three bytes make four characters.
    const uploadId = 'u'.repeat(Math.ceil(((length - rest) * 3) / 4))
    return await signTicket({ ...multipart, uploadId }, rules)
  }
  const longest = await withLength(MAX_TICKET_LENGTH)
  expect(longest).toHaveLength(MAX_TICKET_LENGTH)
  expect(await verifyTicket(longest, rules, 'ada')).toMatchObject({ id: 'uuid-1' })
  const longer = await withLength(MAX_TICKET_LENGTH + 1)
  expect(longer.length).toBeGreaterThan(MAX_TICKET_LENGTH)
  await expect(verifyTicket(longer, rules, 'ada')).rejects.toMatchObject(invalid)
})

test('signed with the right key, other claims or algorithms are refused, and the host can see why', async () => {
  const header = { alg: 'HS256' }
  const good = { ...claims, knd: 'm', key: 'a/b', ...planned }
  expect(await verifyTicket(seal(header, good, hmac(key)), rules, 'ada')).toEqual(multipart)
  const { aud, ...anywhere } = good
  const { ent: _, ...nowhere } = good
  const refused = [
    seal(header, anywhere, hmac(key)),
    seal(header, { ...good, aud: '' }, hmac(key)),
    seal({ alg: 'HS512' }, good, hmac(key, 'sha512')),
    seal(header, { ...good, siz: '12' }, hmac(key)),
    seal(header, nowhere, hmac(key)),
    seal(header, { ...good, ent: ['place/owner/s-call', 1] }, hmac(key)),
    // A kind of earlier versions.
    seal(header, { ...good, chk: 'crc32c' }, hmac(key)),
    seal(header, { ...good, chk: '' }, hmac(key)),
    seal(header, { ...good, knd: 'x' }, hmac(key)),
    seal(header, claims, hmac(key)),
  ]
  for (const token of refused) {
    const why = { ...invalid, cause: expect.any(Error) }
    await expect(verifyTicket(token, rules, 'ada'), token).rejects.toMatchObject(why)
  }
})
