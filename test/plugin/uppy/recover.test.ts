// What is sent again, and what is not, when S3 and the page do not agree.
import { describe, expect, it } from 'vitest'
import { errorReply, pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

describe('recoveries', () => {
  it('do not send a part again whose reply got lost, once the server can tell', async () => {
    let lost = 0
    page.world.onTransfer = ({ partNumber }) => {
      if (partNumber !== 2) return undefined
      page.world.upload().parts.set(2, 'fghij')
      lost++
      return { status: 0 }
    }
    page.add('large', large)
    void page.uppy.upload()
    await pass(20_000)
    expect(lost).toBe(3)
    expect(page.events).toContain('success large')
  })

  it('make a new grant for a form that has expired, been refused, or fails unreadably', async () => {
    const answers = [{ status: 403 }, { status: 0 }, { status: 0 }, { status: 0 }]
    page.world.onTransfer = () => answers.shift()
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(30_000)
    expect(page.world.routes('create')).toHaveLength(3)
    expect(page.world.uploads.get('ticket-2')?.aborted).toBe(true)
    expect(page.world.uploads.get('ticket-3')?.completed).toBe(true)
    expect(page.events).toContain('success small')
  })

  it('start over, once, when the upload is gone', async () => {
    page.world.onTransfer = ({ url }) =>
      url.includes('ticket-1/3')
        ? { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' }
        : undefined
    page.add('large', large)
    void page.uppy.upload()
    await pass(2000)
    expect(page.world.uploads.size).toBe(2)
    expect(page.world.content(page.world.upload())).toBe(large)
    expect(page.events).toContain('success large')
  })

  it('ask the server when S3 does not say that the upload is gone', async () => {
    page.world.onTransfer = ({ url }) => (url.includes('ticket-1') ? { status: 0 } : undefined)
    page.world.onCall = ({ route, body }) =>
      route === 'parts' && body.ticket === 'ticket-1' ? errorReply(404, 'upload_gone', 'Gone.') : undefined
    page.add('large', large)
    void page.uppy.upload()
    await pass(20_000)
    expect(page.events).toEqual(['start large', 'success large'])
  })

  it('fail when it is gone three times, and a retry starts afresh', async () => {
    page.world.onCall = ({ route }) =>
      route === 'complete'
        ? Response.json({ uploads: [{ error: 'Gone.', code: 'ticket_expired', status: 410 }] })
        : undefined
    const id = page.add('large', large)
    void page.uppy.upload()
    await pass(3000)
    expect(page.errors).toMatchObject([{ message: 'Gone.', code: 'ticket_expired', status: 410 }])
    expect(page.world.uploads.size).toBe(3)
    page.world.onCall = () => undefined
    void page.uppy.retryUpload(id)
    await pass(3000)
    expect(page.world.uploads.size).toBe(4)
    expect(page.events.at(-1)).toBe('success large')
  })

  it('send a form again that has not arrived', async () => {
    page.world.onCall = ({ route }) =>
      route === 'complete' && page.world.routes('complete').length === 1
        ? Response.json({ uploads: [{ error: 'Not there.', code: 'object_missing', status: 409 }] })
        : undefined
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(1000)
    expect(page.world.requests).toHaveLength(2)
    expect(page.events).toContain('success small')
  })

  it('send what S3 lost before complete', async () => {
    page.world.onCall = ({ route }) => {
      if (route === 'complete' && page.world.routes('complete').length === 1)
        page.world.upload().parts.delete(2)
      return undefined
    }
    page.add('large', large)
    void page.uppy.upload()
    await pass(3000)
    expect(page.world.content(page.world.upload())).toBe(large)
    expect(page.events).toContain('success large')
  })
})
