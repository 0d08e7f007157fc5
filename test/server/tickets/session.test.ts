// Who may be an owner, and whose tickets a session opens.
import type { Context } from 'koa'
import { describe, expect, test } from 'vitest'
import { deriveTicketKeys } from '../../../server/src/tickets/secrets.js'
import { openSession } from '../../../server/src/tickets/session.js'
import { signTicket } from '../../../server/src/tickets/ticket-token.js'
import { multipart, open, single } from '../fake-service.js'
import { secrets } from '../serve.js'

const keys = deriveTicketKeys(secrets, 'secrets')
const rules = { keys, expiresInSeconds: 60, mount: 'digest-of-a-mount' }
const defaults = { buckets: ['media'] as [string], keyPrefix: 'in/', unfinished: false }
const ctx = {} as Context

const sessionOf = (owner: unknown, bucket = 'media') =>
  openSession(ctx, { ...defaults, owner: async () => owner as string, buckets: [bucket, 'more'] }, rules)

describe('an owner', () => {
  test.each(['ada', '0', 'a'.repeat(128), 'ü'.repeat(64), '👩‍🚀'])('can be %j', async (owner) => {
    expect((await sessionOf(owner)).owner).toBe(owner)
  })

  test.each([undefined, null, ''])('that is %j is nobody', async (owner) => {
    await expect(sessionOf(owner)).rejects.toMatchObject({ code: 'not_signed_in', status: 401 })
  })

  test.each([
    [7, 'must return a string or undefined, got number'],
    [0, 'must return a string or undefined, got number'],
    [false, 'must return a string or undefined, got boolean'],
    [{ id: 'ada' }, 'must return a string or undefined, got object'],
    ['a'.repeat(129), 'must return at most 128 bytes, got 129'],
    ['ü'.repeat(65), 'must return at most 128 bytes, got 130'],
    ['a\ud800', 'must return text, got a lone surrogate'],
  ])("%j is the host's mistake", async (owner, problem) => {
    await expect(sessionOf(owner)).rejects.toThrow(new TypeError(`partway(): option owner ${problem}`))
  })

  test('of public uploads is everyone', async () => {
    const session = await openSession(ctx, { ...defaults, owner: 'anonymous' }, rules)
    expect(session.owner).toBe('anonymous')
  })

  test('is found for the request', async () => {
    const { owner } = await openSession(
      { state: { user: 'eve' } } as unknown as Context,
      { ...defaults, owner: ({ state }) => state.user },
      rules,
    )
    expect(owner).toBe('eve')
  })
})

test('keys tell the mount where uploads are found again by them', async () => {
  const keyPrefixOf = async (unfinished: boolean) =>
    (await openSession(ctx, { ...defaults, owner: () => 'ada', unfinished }, rules)).keyPrefix
  expect(await keyPrefixOf(false)).toBe('in/ada/')
  expect(await keyPrefixOf(true)).toBe('in/ada/digest-of-a-mount/')
})

describe('a ticket', () => {
  test.each([multipart, single])('of $kind opens for its owner, in its bucket', async (ticket) => {
    const token = await signTicket(ticket, rules)
    expect(await (await sessionOf('ada')).openTicket(token)).toEqual(ticket)
    await expect((await sessionOf('eve')).openTicket(token)).rejects.toMatchObject({
      code: 'ticket_not_yours',
    })
    await expect((await sessionOf('ada', 'other')).openTicket(token)).rejects.toMatchObject({
      code: 'ticket_invalid',
    })
  })

  test('of a Companion client opens for its owner, with its key, in its bucket', async () => {
    const token = await signTicket(open, rules)
    const session = await sessionOf('ada')
    expect(await session.openCompanionTicket(token, 'k')).toEqual(open)
    await expect(session.openCompanionTicket(token, 'other')).rejects.toMatchObject({ code: 'key_mismatch' })
    const elsewhere = await sessionOf('ada', 'other')
    await expect(elsewhere.openCompanionTicket(token, 'k')).rejects.toMatchObject({ code: 'ticket_invalid' })
    const foreign = await sessionOf('eve')
    await expect(foreign.openCompanionTicket(token, 'k')).rejects.toMatchObject({ code: 'ticket_not_yours' })
  })
})
