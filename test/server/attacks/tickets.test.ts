// Forged, changed, expired and foreign tickets on every route: refused by their name, and S3 holds what it held.
import { generateKeyPairSync, sign as signWithKey } from 'node:crypto'
import { type Grant, partway } from '@partway/koa'
import Koa from 'koa'
import mount from 'koa-mount'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { checkSecrets, deriveKeys } from '../../../server/core/src/tickets/secrets.js'
import { signTicket, verifyOpenTicket, verifyTicket } from '../../../server/core/src/tickets/ticket-token.js'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, openApp, sendForm, sendPart } from '../native-client.js'
import { type HostApp, secrets, serve, serveApp, testOptions } from '../serve.js'
import { companion, sendOpenPart } from './companion-client.js'
import { type Claims, hmac, seal, takeApart, ticketKey } from './forge-ticket.js'
import {
  type Codes,
  type Presented,
  presentEverywhere,
  presentNatively,
  presentToCompanion,
} from './present-ticket.js'
import { type Snapshot, takeSnapshot } from './s3-snapshot.js'

let s3: S3UnderTest
let bucket: string
let host: HostApp
let before: Snapshot
// Three uploads of ada: one form that was sent, two of which S3 holds a part.
let single: Presented
let planned: Presented
let open: Presented

beforeAll(async () => {
  s3 = await openS3()
  const app = await openApp(s3, { multipartThreshold: 4 })
  ;({ bucket, host } = app)
  const [form, parts] = (await app.create(
    { name: 'a', type: '', size: 4 },
    { name: 'b', type: '', size: 5 },
  )) as [Grant, Grant]
  await sendForm(form, Buffer.from('form'))
  for (const part of multipart(parts).parts) await sendPart(part, Buffer.from('parts'))
  const upload = await companion(host).create({ filename: 'c' })
  await sendOpenPart((await companion(host).sign(upload, 1)).url, 1, Buffer.from('open'))
  single = form
  planned = parts
  open = { ticket: upload.uploadId, key: upload.key }
  before = await takeSnapshot(s3.client, bucket)
  // With an entry of the journal for each.
  expect([before.objects.length, before.uploads.length]).toEqual([4, 2])
})
afterAll(async () => {
  await host.close()
  await s3.close()
})
afterEach(async () => {
  expect(await takeSnapshot(s3.client, bucket)).toEqual(before)
  expect(host.errors).toEqual([])
})

function expectEverywhere(codes: Codes, code: string) {
  expect(codes).toEqual(Object.fromEntries(Object.keys(codes).map((route) => [route, code])))
}

const everyKind = () => [single, planned, open]
const { tickets: keys } = await deriveKeys(checkSecrets(secrets, 'secrets'))
const key = ticketKey(secrets[0] ?? '')
const otherKey = ticketKey('another secret, just as long as the real one')
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rs256 = (input: string) =>
  signWithKey('sha256', Buffer.from(input), rsa.privateKey).toString('base64url')
const jwk = rsa.publicKey.export({ format: 'jwk' })
const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** Claims that are all true, under a header and a signature that an attacker can make. */
const forged = (header: object, sign: (input: string, ticket: string) => string) => (ticket: string) =>
  seal(header, takeApart(ticket).claims, (input) => sign(input, ticket))

const forgeries: [what: string, forge: (ticket: string) => string][] = [
  ['no signature', forged({ alg: 'none' }, () => '')],
  ['no signature, spelled oddly', forged({ alg: 'nOnE' }, () => '')],
  ['no algorithm', forged({}, (_, ticket) => takeApart(ticket).signature)],
  ['the old signature under "none"', forged({ alg: 'none' }, (_, ticket) => takeApart(ticket).signature)],
  ['an empty secret', forged({ alg: 'HS256' }, hmac(''))],
  ['a guessed secret', forged({ alg: 'HS256' }, hmac('secret'))],
  ['the secret of another app', forged({ alg: 'HS256' }, hmac(otherKey))],
  ["the app's secret itself, which also signs cookies", forged({ alg: 'HS256' }, hmac(secrets[0] ?? ''))],
  ['the right key and another algorithm', forged({ alg: 'HS512' }, hmac(key, 'sha512'))],
  ['an RSA key', forged({ alg: 'RS256' }, rs256)],
  ['an RSA key that it brings along', forged({ alg: 'RS256', jwk }, rs256)],
  ['a public RSA key as the secret', forged({ alg: 'HS256' }, hmac(publicPem))],
  ['an ECDSA signature of zeros', forged({ alg: 'ES256' }, () => Buffer.alloc(64).toString('base64url'))],
  ['a key id that names an empty file', forged({ alg: 'HS256', kid: '../../../dev/null' }, hmac(''))],
  ['a key id that is SQL', forged({ alg: 'HS256', kid: "x' UNION SELECT '" }, hmac(''))],
  ['a critical extension', forged({ alg: 'HS256', crit: ['exp'], exp: 9e9 }, hmac(otherKey))],
  ['an unencoded payload', forged({ alg: 'HS256', b64: false, crit: ['b64'] }, hmac(otherKey))],
  ['a header that pollutes', forged(JSON.parse('{"__proto__": {"alg": "HS256"}}'), hmac(otherKey))],
  ['a signature too short', (ticket) => ticket.slice(0, -4)],
  ['one part more', (ticket) => `${ticket}.x`],
  ['the parts of an encrypted token', (ticket) => `${ticket}.x.x`],
  ['white space', (ticket) => ` ${ticket}`],
  ['a line break', (ticket) => ticket.replace('.', '.\n')],
  [
    'JSON serialization',
    (ticket) => {
      const [header, payload, signature] = ticket.split('.')
      return JSON.stringify({ protected: header, payload, signature })
    },
  ],
]

describe('forged:', () => {
  test.each(forgeries)('%s', async (_, forge) => {
    for (const presented of everyKind()) {
      const ticket = forge(presented.ticket)
      expectEverywhere(await presentEverywhere(host, { ...presented, ticket }), 'ticket_invalid')
    }
  })

  test.each(['jku', 'x5u', 'kid', 'iss'])('a %s that names a server is not followed', async (parameter) => {
    let asked = 0
    const attacker = await serve((_, response) => {
      asked++
      response.end(JSON.stringify({ keys: [jwk] }))
    })
    const address = `${attacker.origin}/keys`
    const forge = forged(
      { alg: 'RS256', [parameter]: address, ...(parameter === 'iss' && { jku: address }) },
      rs256,
    )
    for (const presented of everyKind()) {
      const ticket = forge(presented.ticket)
      expectEverywhere(await presentEverywhere(host, { ...presented, ticket }), 'ticket_invalid')
    }
    expect(asked).toBe(0)
    await attacker.close()
  })
})

describe('changed:', () => {
  const elsewhere = 'ada/00000000-0000-4000-8000-000000000000/x'
  const changes: Claims = {
    jti: '00000000-0000-4000-8000-000000000000',
    bkt: 'another-bucket',
    aud: 'AAAAAAAAAAAAAAAAAAAAAA',
    sub: 'AAAAAAAAAAAAAAAAAAAAAA',
    iat: 9_000_000_000,
    ent: ['place/owner/m-another', 0, 1],
    exp: 9_000_000_000,
    nbf: 0,
    knd: 's',
    key: elsewhere,
    kdg: 'AAAAAAAAAAAAAAAAAAAAAA',
    upl: 'another-upload',
    siz: 5 * 1024 ** 3,
    psz: 5 * 1024 ** 3,
    min: 0,
    max: 5 * 1024 ** 4,
  }

  test.each(Object.entries(changes))('%s to %j under the old signature', async (claim, value) => {
    for (const presented of everyKind()) {
      const { header, claims, signature } = takeApart(presented.ticket)
      if (claims[claim] === value) continue
      const ticket = seal(header, { ...claims, [claim]: value }, () => signature)
      expectEverywhere(await presentEverywhere(host, { ...presented, ticket }), 'ticket_invalid')
      expectEverywhere(await presentEverywhere(host, { ticket, key: elsewhere }), 'ticket_invalid')
    }
  })

  test('by pieces of another good ticket', async () => {
    for (const one of everyKind()) {
      for (const other of everyKind().filter((each) => each !== one)) {
        const [header, claims] = one.ticket.split('.')
        const ticket = `${header}.${claims}.${takeApart(other.ticket).signature}`
        expectEverywhere(await presentEverywhere(host, { ...one, ticket }), 'ticket_invalid')
      }
    }
  })
})

test('expired: refused by every route, although the signature is right', async () => {
  const week = 604_800
  const age = (issuedAt: number) => ({ issuedAt: issuedAt - week - 1 })
  const mount = String(takeApart(planned.ticket).claims.aud)
  const rules = { keys, expiresInSeconds: week, mount }
  for (const presented of [single, planned]) {
    const content = await verifyTicket(presented.ticket, rules, 'ada')
    const ticket = await signTicket({ ...content, ...age(content.issuedAt) }, rules)
    expectEverywhere(await presentEverywhere(host, { ...presented, ticket }), 'ticket_expired')
  }
  const content = await verifyOpenTicket(open.ticket, rules, { owner: 'ada', key: open.key })
  const ticket = await signTicket({ ...content, ...age(content.issuedAt) }, rules)
  expectEverywhere(await presentEverywhere(host, { ...open, ticket }), 'ticket_expired')
})

describe("foreign: ada's tickets", () => {
  test.each(['eve', 'Ada', 'ada/', 'ad', 'anonymous'])('presented by %j', async (user) => {
    for (const presented of everyKind()) {
      expectEverywhere(await presentEverywhere(host, presented, user), 'ticket_not_yours')
    }
  })

  test('presented by nobody', async () => {
    for (const presented of everyKind()) {
      expectEverywhere(await presentEverywhere(host, presented, ''), 'not_signed_in')
    }
  })

  test('presented where uploads are public, with the same secrets and bucket', async () => {
    const publicHost = await serveApp(testOptions(s3, bucket, { owner: 'anonymous' }))
    for (const presented of everyKind()) {
      expectEverywhere(await presentEverywhere(publicHost, presented), 'ticket_not_yours')
    }
    await publicHost.close()
  })

  test('presented at another mount of the same secrets and bucket', async () => {
    const app = new Koa()
    app.use(mount('/raw', partway(testOptions(s3, bucket))))
    app.use(partway(testOptions(s3, bucket, { path: '/tenants/:tenant/uploads' })))
    app.use(partway(testOptions(s3, bucket, { name: 'another' })))
    const { origin, close } = await serve(app.callback())
    for (const prefix of ['/raw', '/tenants/a', '']) {
      for (const presented of everyKind()) {
        expectEverywhere(await presentEverywhere({ origin: origin + prefix }, presented), 'ticket_invalid')
      }
    }
    await close()
  })

  test('presented at a mount of the same name and other parameters', async () => {
    const tenants = await serveApp(
      testOptions(s3, bucket, { path: '/:tenant/uploads', name: 'tenants', multipartThreshold: 0 }),
    )
    const at = (tenant: string) => ({ origin: `${tenants.origin}/${tenant}` })
    const [planned] = (await client(at('a')).create({ name: 'a', type: '', size: 1 })) as [Grant]
    const { uploadId, key } = await companion(at('a')).create({ filename: 'a' })
    for (const presented of [planned, { ticket: uploadId, key }]) {
      expectEverywhere(await presentEverywhere(at('b'), presented), 'ticket_invalid')
    }
    expect(await client(at('a')).abort(planned.ticket)).toEqual([null])
    expect(await companion(at('a')).abort({ uploadId, key })).toEqual({})
    await tenants.close()
  })

  test('presented to a server of another bucket with the same secrets', async () => {
    const other = await openApp(s3)
    for (const presented of [single, planned]) {
      expectEverywhere(await presentNatively(other.host, presented), 'ticket_invalid')
    }
    expectEverywhere(await presentToCompanion(other.host, open), 'ticket_invalid')
    expect(await takeSnapshot(s3.client, other.bucket)).toEqual({ objects: [], uploads: [] })
    await other.host.close()
  })

  test('presented to a server of the same bucket with other secrets', async () => {
    const other = await serveApp(
      testOptions(s3, bucket, { secrets: ['another secret, just as long as the real one'] }),
    )
    for (const presented of everyKind()) {
      expectEverywhere(await presentEverywhere(other, presented), 'ticket_invalid')
    }
    await other.close()
  })
})

describe('of the wrong kind:', () => {
  test('an upload in one request has no parts', async () => {
    const { sign, parts } = client(host)
    expect(await sign(single.ticket, 1)).toMatchObject({ code: 'ticket_wrong_kind', status: 400 })
    expect(await parts(single.ticket)).toMatchObject({ code: 'ticket_wrong_kind' })
  })

  test('an upload of the native routes has no place on those of Companion, which would sign any length', async () => {
    for (const presented of [single, planned]) {
      expectEverywhere(await presentToCompanion(host, presented), 'ticket_wrong_kind')
    }
  })

  test('an upload of a Companion client has none on the native routes', async () => {
    expectEverywhere(await presentNatively(host, open), 'ticket_wrong_kind')
  })
})

test("with another's key: one's own ticket opens no upload but its own", async () => {
  const eve = companion(host, 'eve')
  const { uploadId: ticket, key: own } = await eve.create({ filename: 'e' })
  for (const key of [open.key, planned.key, single.key, `${own}x`, '', own.toUpperCase(), `${own}/`]) {
    expectEverywhere(await presentToCompanion(host, { ticket, key }, 'eve'), 'key_mismatch')
  }
  expect(await eve.abort({ uploadId: ticket, key: own })).toEqual({})
})

test('after all of this the true ones are still good', async () => {
  expect((await client(host).parts(planned.ticket)).parts).toHaveLength(1)
  expect(await companion(host).list({ uploadId: open.ticket, key: open.key })).toHaveLength(1)
})
