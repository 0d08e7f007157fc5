// Uppy’s retry, and how far a failure reaches.
import { describe, expect, it } from 'vitest'
import { errorReply, pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

describe('failures and retries', () => {
  it.each([
    ['content_mismatch', 422],
    ['virus_found', 429],
  ])(
    'do not start an upload over by themselves when its object is deleted for %s, and a retry does',
    async (code, status) => {
      page.world.onCall = ({ route, body }) => {
        if (route !== 'complete') return undefined
        const refusal = { error: 'Not a picture. It was deleted.', code, status, deleted: true }
        return Response.json({ uploads: body.tickets.map(() => refusal) })
      }
      page.add('small', 'abc')
      page.add('large', large)
      void page.uppy.upload()
      await pass(5000)
      expect(page.errors.map((error) => [error.code, error.message])).toEqual(
        Array(2).fill([code, 'Not a picture. It was deleted.']),
      )
      expect(page.world.uploads.size).toBe(2)
      expect(page.world.routes('complete').flatMap(({ body }) => body.tickets)).toHaveLength(2)
      page.world.onCall = () => undefined
      void page.uppy.retryAll()
      await pass(3000)
      expect(page.world.uploads.size).toBe(4)
      expect(page.events.slice(-2).sort()).toEqual(['success large', 'success small'])
      expect(page.world.routes('abort')).toHaveLength(0)
      // Nothing is left of the first ones, so nobody asks.
      expect(page.world.routes('parts')).toHaveLength(0)
    },
  )

  it('give up after five minutes of nothing but failure, and a retry goes on where it was', async () => {
    let broken = false
    page.world.onTransfer = ({ partNumber }) => (broken && partNumber > 2 ? { status: 0 } : undefined)
    broken = true
    const id = page.add('large', large)
    void page.uppy.upload()
    await pass(299_000)
    expect(page.errors).toEqual([])
    await pass(60_000)
    expect(page.errors).toMatchObject([{ code: 'network_error', isNetworkError: true }])
    broken = false
    const before = page.world.requests.length
    void page.uppy.retryUpload(id)
    await pass(2000)
    expect(page.world.requests.slice(before).map(({ partNumber }) => partNumber)).toEqual([3, 4, 5, 6])
    expect(page.events.at(-1)).toBe('success large')
  }, 20_000)

  it('leave the other files alone, and "resume all" goes on with what failed', async () => {
    page.world.onTransfer = ({ url }) => (url.includes('ticket-1') ? { status: 400 } : 'hold')
    page.add('bad', large)
    page.add('good', large)
    const done = page.uppy.upload()
    await pass(500)
    expect(page.events).toEqual(['start bad,good', 'error bad'])
    page.world.onTransfer = () => undefined
    page.uppy.pauseAll()
    page.uppy.resumeAll()
    await pass(3000)
    expect((await done)?.successful).toHaveLength(2)
    expect(page.events.slice(2).sort()).toEqual(['success bad', 'success good'])
  })

  it('do not send again what S3 has when only complete failed', async () => {
    page.world.onCall = ({ route }) => (route === 'complete' ? errorReply(422, 'no', 'No.') : undefined)
    page.add('small', 'abc')
    page.add('large', large)
    void page.uppy.upload()
    await pass(2000)
    const sent = page.world.requests.length
    page.world.onCall = () => undefined
    void page.uppy.retryAll()
    await pass(2000)
    expect(page.world.requests).toHaveLength(sent)
    expect(page.events.slice(-2).sort()).toEqual(['success large', 'success small'])
  })
})
