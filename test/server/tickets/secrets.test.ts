// Which secrets are accepted, what the host is told of others (never the secret itself), and the keys made of them.
import { describe, expect, test } from 'vitest'
import { openEntry, sealEntry } from '../../../server/core/src/journal/seal-entry.js'
import { checkSecrets, deriveKeys } from '../../../server/core/src/tickets/secrets.js'
import { signTicket, verifyTicket } from '../../../server/core/src/tickets/ticket-token.js'
import { multipart } from '../fake-service.js'

const good = 'x'.repeat(32)
const check = (secrets: unknown) => checkSecrets(secrets, 'secrets')
class Keygrip {}

describe('refused:', () => {
  test.each([
    [undefined, 'secrets must be a list of strings, got undefined'],
    [null, 'secrets must be a list of strings, got null'],
    ['a secret as it is', 'secrets must be a list of strings, got string'],
    [{ 0: 'a secret as it is' }, 'secrets must be a list of strings, got an instance of Object'],
    [Object.create(null), 'secrets must be a list of strings, got an instance of Object'],
    [new Keygrip(), 'secrets must be a list of strings, got an instance of Keygrip'],
    [[], 'secrets must hold at least one secret, got an empty list'],
    [[good, 7], 'secrets[1] must be a string, got number'],
    [[undefined], 'secrets[0] must be a string, got undefined'],
    [[Buffer.from(good)], 'secrets[0] must be a string, got an instance of Buffer'],
  ])('%j', (secrets, message) => {
    expect(() => check(secrets)).toThrow(new TypeError(message))
  })

  test('a short one, with the way to a good one', () => {
    const short = 'x'.repeat(31)
    expect(() => check([good, short])).toThrow(
      new TypeError(
        'secrets[1] must have at least 32 characters, got 31. ' +
          'Make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')"',
      ),
    )
  })
})

test('those that are good come back in their order', () => {
  expect(check([good, 'ü'.repeat(32)])).toEqual([good, 'ü'.repeat(32)])
})

test('each secret has keys of its own, in their order, that are good for one purpose and cannot be read', async () => {
  const other = 'y'.repeat(32)
  const [{ tickets, journal }, others] = await Promise.all([deriveKeys([good, other]), deriveKeys([other])])
  expect([tickets.length, journal.length]).toEqual([2, 2])
  const rules = { expiresInSeconds: 60, mount: 'a mount' }
  const token = await signTicket(multipart, { ...rules, keys: others.tickets })
  const verify = (nth: 0 | 1) => verifyTicket(token, { ...rules, keys: [tickets[nth] ?? tickets[0]] }, 'ada')
  await expect(verify(0)).rejects.toMatchObject({ code: 'ticket_invalid' })
  expect(await verify(1)).toEqual(multipart)
  const entry = { mount: 'a mount', uploads: [] }
  const sealed = await sealEntry(entry, 'a path', others.journal[0])
  expect(await openEntry(sealed, 'a path', journal.slice(0, 1))).toBeUndefined()
  expect(await openEntry(sealed, 'a path', journal.slice(1))).toEqual(entry)
  for (const key of tickets) expect([key.extractable, key.usages]).toEqual([false, ['sign', 'verify']])
  for (const key of journal) expect([key.extractable, key.usages]).toEqual([false, ['encrypt', 'decrypt']])
})
