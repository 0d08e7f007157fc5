// Whose tickets are good for what, and that one item of a call does not decide over the others.
import type { Grant } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, openApp } from '../native-client.js'
import { listContents } from '../s3-contents.js'

const MIB = 1024 ** 2
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

describe('tickets', () => {
  test("are good for their owner only, and don't work on another server's bucket", async () => {
    const { host, create, bucket } = await openApp(s3)
    const grant = multipart((await create({ name: 'a', type: '', size: 6 * MIB }))[0])
    const eve = client(host, 'eve')
    expect(await eve.sign(grant.ticket, 1)).toMatchObject({ code: 'ticket_not_yours', status: 403 })
    expect(await eve.parts(grant.ticket)).toMatchObject({ code: 'ticket_not_yours' })
    expect(await eve.complete(grant.ticket)).toMatchObject([{ code: 'ticket_not_yours' }])
    expect(await eve.abort(grant.ticket)).toMatchObject([{ code: 'ticket_not_yours' }])
    const other = await openApp(s3)
    expect(await other.sign(grant.ticket, 1)).toMatchObject({ code: 'ticket_invalid', status: 403 })
    expect((await listContents(s3.client, bucket)).uploads).toEqual([grant.key])
    await host.close()
    await other.host.close()
  })

  test('of an upload in one request have no parts', async () => {
    const { host, create, sign, parts } = await openApp(s3)
    const [grant] = (await create({ name: 'a', type: '', size: 1 })) as [Grant]
    expect(await sign(grant.ticket, 1)).toMatchObject({ code: 'ticket_wrong_kind', status: 400 })
    expect(await parts(grant.ticket)).toMatchObject({ code: 'ticket_wrong_kind' })
    await host.close()
  })
})

test("a file's refusal leaves the others of the call alone", async () => {
  const { bucket, host, create } = await openApp(s3)
  const good = { name: 'good', type: '', size: 6 * MIB }
  const outcomes = await create(
    good,
    { ...good, type: 'nonsense' },
    { ...good, metadata: { a: 'x'.repeat(2048) } },
  )
  expect(outcomes).toMatchObject([
    { kind: 'multipart' },
    { code: 'invalid_request', status: 400, field: 'files[1].type' },
    { code: 'metadata_too_large', status: 400, field: 'files[2].metadata' },
  ])
  expect((await listContents(s3.client, bucket)).uploads).toHaveLength(1)
  await host.close()
})
