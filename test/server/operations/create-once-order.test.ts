// Which one of several uploads of one file is left, when servers create at the same time: all of them must find the same.
import { describe, expect, test, vi } from 'vitest'
import { createOnce } from '../../../server/src/operations/create-once.js'
import type { SizedUpload } from '../../../server/src/operations/create-upload.js'
import { makeUploadId, nonceGroup } from '../../../server/src/rules/upload-id.js'
import type { ListedUpload } from '../../../server/src/s3/list-uploads.js'
import { secondsNow } from '../../../server/src/tickets/ticket.js'
import { fakeService } from '../fake-service.js'

const SIZE = 12 * 1024 ** 2
const now = secondsNow()

const keyOf = (id: string) => `in/ada/${id}/film.mp4`
const newId = () => makeUploadId(SIZE, nonceGroup('0123456789abcdef'))

/** As S3 lists it. */
function begun(uploadId: string, age: number, id = newId()): ListedUpload {
  return { key: keyOf(id), uploadId, initiatedAt: now - age }
}

/** Creates while S3 has `others`, which the look beforehand did not see, and says what is left. */
async function race(own: { uploadId: string; age: number }, others: ListedUpload[], size = SIZE) {
  const id = newId()
  const { uploadId, age } = own
  const listUploads = vi
    .fn<() => Promise<ListedUpload[]>>()
    .mockResolvedValueOnce([])
    .mockResolvedValue([...others, begun(uploadId, age, id)])
  const aborted: string[] = []
  const { s3, service } = fakeService({
    listUploads,
    listParts: async ({ uploadId: asked }) => (aborted.includes(asked) ? undefined : []),
    createMultipartUpload: async () => ({ uploadId, md5Etags: true }),
    abortMultipartUpload: async (address) => {
      aborted.push(address.uploadId)
      return true
    },
  })
  const upload = { id, owner: 'ada', bucket: 'media', key: keyOf(id), name: 'film.mp4', size, metadata: {} }
  const headers = { contentType: 'video/mp4', contentDisposition: 'inline', metadata: {}, options: {} }
  const limits = { maxFileSize: SIZE } as SizedUpload['limits']
  const grant = await createOnce(service, { ...upload, headers, limits }, 'in/ada/')
  return { grant, ownKey: keyOf(id), aborted, looks: vi.mocked(s3.listUploads).mock.calls.length }
}

describe('the first one is left', () => {
  test('it is the oldest, wherever S3 lists it', async () => {
    const others = [begun('young', 10), begun('old', 30), begun('older', 40)]
    const { grant, aborted } = await race({ uploadId: 'own', age: 20 }, others)
    expect(grant).toMatchObject({ key: others[2]?.key, isBegun: true })
    expect(aborted).toEqual(['own'])
  })

  test('of the same second: the one whose id sorts first', async () => {
    const other = begun('a', 20)
    const lost = await race({ uploadId: 'b', age: 20 }, [other])
    expect(lost.grant).toMatchObject({ key: other.key, isBegun: true })
    expect(lost.aborted).toEqual(['b'])

    const won = await race({ uploadId: 'b', age: 20 }, [begun('c', 20)])
    expect(won.grant).toMatchObject({ key: won.ownKey })
    expect(won.grant).not.toHaveProperty('isBegun')
    expect(won.aborted).toEqual(['c'])
  })

  test('who is first ends the others', async () => {
    const { grant, ownKey, aborted } = await race({ uploadId: 'own', age: 50 }, [
      begun('x', 9),
      begun('y', 40),
    ])
    expect(grant).toMatchObject({ key: ownKey })
    expect(aborted).toEqual(['y', 'x'])
  })
})

test('a file that goes in one request is not looked for', async () => {
  const { grant, looks } = await race({ uploadId: 'own', age: 0 }, [], 3)
  expect(grant.kind).toBe('form')
  expect(looks).toBe(0)
})
