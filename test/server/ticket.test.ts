import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { deriveTicketKeys } from '../../server/src/secrets.js'
import {
  MAX_TICKET_LENGTH,
  type MultipartTicket,
  signTicket,
  type Ticket,
  verifyTicket,
} from '../../server/src/ticket.js'

const oldSecret = 'old secret, which is thirty-two or more'
const newSecret = 'new secret, which is thirty-two or more'
const keys = (...secrets: string[]) => deriveTicketKeys(secrets, 'secrets')
const rules = { keys: keys(oldSecret), expiresInSeconds: 60 }

const multipart: MultipartTicket = {
  kind: 'multipart',
  id: '8d96c00f-ef8d-4980-8985-4d39fb3bf3af',
  bucket: 'media',
  key: '8d96c00f-ef8d-4980-8985-4d39fb3bf3af/Übergröße.mp4',
  owner: 'ada',
  type: 'video/mp4',
  issuedAt: 1_700_000_000,
  uploadId: '2~abc',
  size: 12,
  partSize: 5,
}

beforeEach(() => {
  vi.useFakeTimers({ now: multipart.issuedAt * 1000, toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const { uploadId, partSize, ...withoutParts } = multipart
const { size, ...withoutSize } = withoutParts
const kinds: Ticket[] = [
  multipart,
  { ...withoutParts, kind: 'single' },
  { ...withoutSize, kind: 'open', uploadId },
]

test.each(kinds)('a $kind ticket comes back as it was signed', async (ticket) => {
  expect(await verifyTicket(await signTicket(ticket, rules), rules)).toEqual(ticket)
})

test('with long names it stays under 1 KiB', async () => {
  const token = await signTicket(
    {
      ...multipart,
      bucket: 'b'.repeat(63),
      key: `${multipart.id}/${'n'.repeat(100)}`,
      owner: multipart.id,
      type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      uploadId: 'u'.repeat(130),
      size: Number.MAX_SAFE_INTEGER,
    },
    rules,
  )
  expect(token.length).toBeLessThan(1024)
})

describe('is refused', () => {
  test('after its expiry, and not before', async () => {
    const token = await signTicket(multipart, rules)
    vi.setSystemTime((multipart.issuedAt + 59) * 1000)
    expect(await verifyTicket(token, rules)).toEqual(multipart)
    vi.setSystemTime((multipart.issuedAt + 60) * 1000)
    await expect(verifyTicket(token, rules)).rejects.toMatchObject({ code: 'ticket_expired', status: 410 })
  })

  test('when any character of it is changed', async () => {
    const token = await signTicket(multipart, rules)
    for (let index = 0; index < token.length - 1; index++) {
      const other = token[index] === 'A' ? 'B' : 'A'
      const changed = token.slice(0, index) + other + token.slice(index + 1)
      await expect(verifyTicket(changed, rules), `at ${index}`).rejects.toMatchObject({
        code: 'ticket_invalid',
        status: 403,
      })
    }
  })

  test.each([
    ['empty', ''],
    ['not a token', 'a.b.c'],
    ['unsigned', `${btoa('{"alg":"none"}')}.${btoa('{"knd":"s"}')}.`],
    ['too long', 'a'.repeat(MAX_TICKET_LENGTH + 1)],
  ])('when it is %s', async (_, token) => {
    await expect(verifyTicket(token, rules)).rejects.toMatchObject({ code: 'ticket_invalid' })
  })

  test('when another secret signed it, or the secret itself did', async () => {
    const foreign = await signTicket(multipart, { ...rules, keys: keys(newSecret) })
    await expect(verifyTicket(foreign, rules)).rejects.toMatchObject({ code: 'ticket_invalid' })
    const raw = await signTicket(multipart, { ...rules, keys: [new TextEncoder().encode(oldSecret)] })
    await expect(verifyTicket(raw, rules)).rejects.toMatchObject({ code: 'ticket_invalid' })
  })
})

test('secrets rotate: the first signs, all verify', async () => {
  const before = await signTicket(multipart, rules)
  const rotated = { ...rules, keys: keys(newSecret, oldSecret) }
  expect(await verifyTicket(before, rotated)).toEqual(multipart)
  const after = await signTicket(multipart, rotated)
  expect(await verifyTicket(after, { keys: keys(newSecret) })).toEqual(multipart)
  await expect(verifyTicket(after, rules)).rejects.toMatchObject({ code: 'ticket_invalid' })
  vi.setSystemTime((multipart.issuedAt + 60) * 1000)
  await expect(verifyTicket(before, rotated)).rejects.toMatchObject({ code: 'ticket_expired' })
})
