// Which secrets are accepted, and what the host is told of others: never the secret itself.
import { describe, expect, test } from 'vitest'
import { deriveTicketKeys } from '../../../server/src/tickets/secrets.js'

const good = 'x'.repeat(32)
const derive = (secrets: unknown) => deriveTicketKeys(secrets, 'secrets')
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
    expect(() => derive(secrets)).toThrow(new TypeError(message))
  })

  test('a short one, with the way to a good one', () => {
    const short = 'x'.repeat(31)
    expect(() => derive([good, short])).toThrow(
      new TypeError(
        'secrets[1] must have at least 32 characters, got 31. ' +
          'Make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')"',
      ),
    )
  })
})

test('each secret has a key of its own, in their order', () => {
  const [first, second] = derive([good, 'y'.repeat(32)])
  expect(first).not.toEqual(second)
  expect(derive(['y'.repeat(32)])).toEqual([second])
  // So that no message signed with the secret is a ticket.
  expect(Buffer.from(first).toString()).not.toBe(good)
})
