// The last steps of every upload: what is verified, counted and told, and what the page gets.
import { expect, test, vi } from 'vitest'
import { PartwayError } from '../../../server/core/src/errors.js'
import { deliverObject } from '../../../server/core/src/operations/deliver-object.js'
import { done, fakeService, head, multipart, open } from '../fake-service.js'

const object = { id: 'uuid-1', owner: 'ada', bucket: 'media', key: 'k', size: 12, etag: '"e"', type: 'a/b' }
const umlaut = `=?UTF-8?B?${Buffer.from('Ö').toString('base64')}?=`

test('the object is verified and told as it is on S3, and counts with the size that it has', async () => {
  const verify = vi.fn(async () => undefined)
  const { service, s3 } = fakeService({}, { verify })
  expect(await deliverObject(service, open, { ...head, metadata: { album: umlaut } })).toEqual(done)
  const whole = { ...object, metadata: { album: 'Ö' } }
  expect(verify).toHaveBeenCalledExactlyOnceWith(whole)
  expect(service.notify.completed).toHaveBeenCalledExactlyOnceWith(whole, done.location, open.issuedAt)
  expect(service.quota.finish).toHaveBeenCalledExactlyOnceWith('ada', 'uuid-1', 12)
  expect(s3.deleteObject).not.toHaveBeenCalled()
})

test('content that is refused is deleted; the host does not hear of it, and it counts', async () => {
  const refusal = new PartwayError('content_refused', 'No viruses.')
  const { service, s3 } = fakeService({}, { verify: async () => refusal })
  await expect(deliverObject(service, multipart, head)).rejects.toBe(refusal)
  expect(refusal.toBody('r-1')).toMatchObject({ deleted: true })
  expect(s3.deleteObject).toHaveBeenCalledExactlyOnceWith(multipart)
  expect(service.notify.completed).not.toHaveBeenCalled()
  expect(service.quota.finish).toHaveBeenCalledExactlyOnceWith('ada', 'uuid-1', 12)
})

test('the page gets what the host answers', async () => {
  const { service } = fakeService({})
  vi.mocked(service.notify.completed).mockResolvedValue({ film: 7 })
  expect(await deliverObject(service, multipart, head)).toEqual({ ...done, body: { film: 7 } })
  vi.mocked(service.notify.completed).mockResolvedValue(undefined)
  expect(await deliverObject(service, multipart, head)).not.toHaveProperty('body')
})
