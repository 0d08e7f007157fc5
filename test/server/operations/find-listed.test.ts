// Small files of one call are confirmed by a list, and no more is believed than a HEAD would tell.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { completeUpload } from '../../../server/core/src/operations/complete-upload.js'
import { findListed } from '../../../server/core/src/operations/find-listed.js'
import { makeUploadId } from '../../../server/core/src/rules/upload-id.js'
import type { SingleTicket } from '../../../server/core/src/tickets/ticket.js'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { fakeService, head, multipart, single } from '../fake-service.js'
import { openApp } from '../native-client.js'

function ticketsOf(count: number, { group = 'aaaaaaaa', bucket = 'media' } = {}): SingleTicket[] {
  return Array.from({ length: count }, (_, index) => {
    const id = makeUploadId(group)
    return { ...single, id, bucket, key: `in/ada/${id}/${index}.txt` }
  })
}

const listed = { size: 12, etag: '"e"' }
const listAll = (tickets: SingleTicket[]) => async () => new Map(tickets.map(({ key }) => [key, listed]))

describe('one list', () => {
  test('finds those of one call, and completes them without a HEAD', async () => {
    const tickets = ticketsOf(10)
    const { s3, service } = fakeService({ listObjects: async () => new Map() })
    s3.listObjects = async (bucket, prefix) => {
      expect([bucket, prefix]).toEqual(['media', 'in/ada/aaaaaaaa-'])
      return await listAll(tickets)()
    }
    const found = await findListed(service, tickets)
    expect(found.size).toBe(10)
    for (const ticket of tickets) {
      const object = await completeUpload(service, ticket, { head: found.get(ticket) })
      expect(object).toMatchObject({ key: ticket.key, ...listed })
    }
    expect(s3.headObject).not.toHaveBeenCalled()
  })

  test('for each call and bucket that they are of', async () => {
    const asked: string[] = []
    const { service } = fakeService({
      listObjects: async (bucket, prefix) => {
        asked.push(`${bucket}/${prefix}`)
        return new Map()
      },
    })
    const others = [ticketsOf(5, { group: 'bbbbbbbb' }), ticketsOf(5, { bucket: 'other' })].flat()
    await findListed(service, [...ticketsOf(5), ...others])
    expect(asked.sort()).toEqual([
      'media/in/ada/aaaaaaaa-',
      'media/in/ada/bbbbbbbb-',
      'other/in/ada/aaaaaaaa-',
    ])
  })

  test.each<[string, () => SingleTicket[]]>([
    ['few', () => ticketsOf(3)],
    [
      'keys that do not hold the id',
      () => ticketsOf(9).map((ticket) => ({ ...ticket, key: `k/${ticket.id.slice(0, 20)}` })),
    ],
  ])('is not asked for: %s', async (_, tickets) => {
    const { s3, service } = fakeService({})
    expect((await findListed(service, tickets())).size).toBe(0)
    expect(s3.listObjects).not.toHaveBeenCalled()
  })

  test('is not asked for where the host wants to know more than it tells, nor for files in parts', async () => {
    const { s3, service } = fakeService({})
    await findListed({ ...service, needsHeads: true }, ticketsOf(9))
    await findListed(service, Array<typeof multipart>(9).fill({ ...multipart, key: `k/${multipart.id}` }))
    expect(s3.listObjects).not.toHaveBeenCalled()
  })

  test('an object of another size is refused; one that it does not have is asked for', async () => {
    const [other, missing, ...rest] = ticketsOf(6) as [SingleTicket, SingleTicket]
    const tickets = [other, missing, ...rest]
    const { s3, service } = fakeService({
      headObject: async () => ({ ...head, id: missing.id }),
      listObjects: async () => new Map([[other.key, { ...listed, size: 13 }]]),
    })
    const found = await findListed(service, tickets)
    const complete = (ticket: SingleTicket) => completeUpload(service, ticket, { head: found.get(ticket) })
    await expect(complete(other)).rejects.toMatchObject({ code: 'object_mismatch' })
    await expect(complete(missing)).resolves.toMatchObject({ key: missing.key })
    expect(s3.listObjects).toBeTypeOf('function')
  })
})

describe('with S3', () => {
  let s3: S3UnderTest
  beforeAll(async () => {
    s3 = await openS3()
  })
  afterAll(() => s3?.close())

  test.each([
    ['by a list', {}],
    ['by HEADs, for a hook', { onComplete: ({ type }: { type: string }) => ({ type }) }],
  ])('many files are completed, and those that did not arrive are not: %s', async (_, options) => {
    const { create, complete } = await openApp(s3, options)
    const names = Array.from({ length: 12 }, (_, index) => `${index} ü.txt`)
    const grants = await create(...names.map((name) => ({ name, type: 'text/plain', size: 5, metadata: {} })))
    for (const grant of grants.slice(0, -1)) {
      if (grant.kind !== 'form') throw new Error(`a grant of kind ${grant.kind}`)
      const form = new FormData()
      for (const [name, value] of Object.entries(grant.fields)) form.append(name, value)
      form.append('file', new Blob(['12345']), 'file')
      expect((await fetch(grant.url, { method: 'POST', body: form })).status).toBe(204)
    }
    const uploads = await complete(...grants.map(({ ticket }) => ticket))
    expect(uploads.slice(0, -1).map(({ key, size }) => [key, size])).toEqual(
      grants.slice(0, -1).map(({ key }) => [key, 5]),
    )
    expect(uploads.at(-1)).toMatchObject({ code: 'object_missing' })
    if ('onComplete' in options) expect(uploads[0]?.body).toEqual({ type: 'text/plain' })
  })
})
