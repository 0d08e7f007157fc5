// Who may be an owner, and whose tickets a session opens.
import { describe, expect, test } from 'vitest'
import { checkSecrets, deriveKeys } from '../../../server/core/src/tickets/secrets.js'
import { openSession } from '../../../server/core/src/tickets/session.js'
import { signTicket } from '../../../server/core/src/tickets/ticket-token.js'
import { multipart, open, single } from '../fake-service.js'
import { secrets } from '../serve.js'

const { tickets: keys } = await deriveKeys(checkSecrets(secrets, 'secrets'))
const rules = { keys, expiresInSeconds: 60, mount: 'digest-of-a-mount' }
const calls = { keys, mount: { id: rules.mount, place: 'digest-of-a-place' } }
const defaults = { buckets: ['media'] as [string], keyPrefix: 'in/' }
const ctx = {}

const sessionOf = (owner: unknown, bucket = 'media') =>
  openSession(ctx, { ...defaults, owner: async () => owner as string, buckets: [bucket, 'more'] }, calls)

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
    const session = await openSession(ctx, { ...defaults, owner: 'anonymous' }, calls)
    expect(session.owner).toBe('anonymous')
  })

  test('is found for the request', async () => {
    const { owner } = await openSession('eve', { ...defaults, owner: (ctx) => String(ctx) }, calls)
    expect(owner).toBe('eve')
  })
})

test('keys start with the prefix and the owner', async () => {
  expect((await sessionOf('ada')).keyPrefix).toBe('in/ada/')
})

describe('the entries of an owner', () => {
  const begin = async (owner: string | undefined, browser?: string, mount: object = {}) => {
    const of = owner === undefined ? 'anonymous' : () => owner
    const session = await openSession(
      ctx,
      { ...defaults, owner: of },
      { keys, mount: { ...calls.mount, ...mount } },
    )
    return session.begin(browser)
  }

  test('are in a folder of their own, of this mount, for all browsers', async () => {
    const { folder, mount } = await begin('ada')
    expect([folder, mount]).toEqual([expect.stringMatching(/^digest-of-a-place\/[\w-]{22}\/$/), rules.mount])
    expect((await begin('ada', 'a browser')).folder).toBe(folder)
    expect((await begin('eve')).folder).not.toBe(folder)
    expect((await begin('ada', undefined, { id: 'another mount' })).folder).not.toBe(folder)
    expect((await begin('ada', undefined, { place: 'another-place' })).folder).not.toBe(folder)
  })

  test('are of one browser where everybody is the same owner, also for somebody who is called so', async () => {
    const folders = await Promise.all([
      begin(undefined, 'a browser'),
      begin(undefined, 'another browser'),
      begin(undefined),
      begin('anonymous', 'a browser'),
    ])
    expect(new Set(folders.map(({ folder }) => folder)).size).toBe(3)
    // Nobody lists it, and a mount has one kind of owner.
    expect(folders[3]?.folder).toBe(folders[2]?.folder)
  })

  test('tell a digest of the browser, as far as the page tells it', async () => {
    const { browser } = await begin('ada', 'a browser')
    expect(browser).toMatch(/^[\w-]{22}$/)
    expect((await begin('ada', 'another browser')).browser).not.toBe(browser)
    expect(await begin('ada')).not.toHaveProperty('browser')
  })
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
