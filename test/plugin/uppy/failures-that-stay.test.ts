// What fails a file, and what a retry makes of it.
import { describe, expect, it } from 'vitest'
import { PartwayError } from '../../../plugin/src/index.js'
import { errorReply, pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

describe('failures that stay', () => {
  it('include faults of the server that only its owner can end', async () => {
    page.world.onCall = () => errorReply(502, 'bucket_missing', 'The bucket “b” does not exist.')
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(100)
    expect(page.errors).toMatchObject([{ code: 'bucket_missing', status: 502 }])
  })

  it('fail the file at once, with the server’s sentence, code and status', async () => {
    page.world.onCall = ({ route }) =>
      route === 'create'
        ? Response.json({
            uploads: [
              {
                error: 'The file is too large.',
                code: 'file_too_large',
                status: 413,
                field: 'files[0].size',
              },
            ],
          })
        : undefined
    const id = page.add('small', 'abc')
    const done = page.uppy.upload()
    await pass(100)
    expect((await done)?.failed).toHaveLength(1)
    expect(page.errors[0]).toBeInstanceOf(PartwayError)
    expect(page.errors).toMatchObject([
      {
        message: 'The file is too large.',
        code: 'file_too_large',
        status: 413,
        field: 'files[0].size',
        isNetworkError: false,
      },
    ])
    expect(page.file(id)).toMatchObject({ error: 'The file is too large.', response: { status: 413 } })
  })

  it.each([
    ['payment_required', 402, undefined],
    ['busy_today', 408, undefined],
    ['not_yet', 425, undefined],
    ['enough_for_now', 429, undefined],
    ['quota_exceeded', 429, 60],
    ['quota_unavailable', 503, 36_000],
    ['s3_clock_skew', 502, undefined],
  ])(
    'include %s, for which waiting is too long or useless, as is every code of the host’s own',
    async (code, status, retryAfter) => {
      page.world.onCall = ({ route, body }) => {
        if (route !== 'create') return undefined
        const refusal = { error: 'Not now.', code, status, retryAfter }
        const grant = {
          kind: 'form',
          ticket: 't',
          key: 'k',
          url: 'https://s3.test/bucket',
          fields: {},
          expiresIn: 900,
        }
        return Response.json({
          uploads: body.files.map(({ name }: { name: string }) => (name === 'no' ? refusal : grant)),
        })
      }
      page.world.onTransfer = () => 'hold'
      page.add('no', 'abc')
      page.add('yes', 'abc')
      void page.uppy.upload()
      await pass(100)
      expect(page.errors).toMatchObject([{ message: 'Not now.', code, status }])
      expect(page.world.active).toHaveLength(1)
      await pass(60_000)
      expect(page.world.routes('create')).toHaveLength(1)
    },
  )

  it('tell under which id the server logged the request', async () => {
    const refused = { error: 'No.', code: 'refused', status: 403, requestId: 'r-1' }
    page.world.onCall = ({ route }) =>
      route === 'create' ? Response.json({ uploads: [refused] }) : undefined
    const one = page.add('one', 'abc')
    void page.uppy.upload()
    await pass(100)
    page.uppy.removeFile(one)
    page.world.onCall = () => Response.json({ ...refused, requestId: 'r-2' }, { status: 403 })
    page.add('two', 'abc')
    void page.uppy.upload()
    await pass(100)
    expect(page.errors.map(({ code, requestId }) => [code, requestId])).toEqual([
      ['refused', 'r-1'],
      ['refused', 'r-2'],
    ])
    expect(page.world.routes('create')).toHaveLength(2)
  })

  it('include what the page’s `headers` throw, whatever it is', async () => {
    const fault = new TypeError('No token.')
    page.uppy.getPlugin('Partway')?.setOptions({
      headers: () => {
        throw fault
      },
    })
    page.world.calls = []
    page.add('small', 'abc')
    page.add('large', 'abcdefghij')
    void page.uppy.upload()
    await pass(100)
    expect(page.errors).toMatchObject(Array(2).fill({ code: 'unexpected_error', isNetworkError: false }))
    expect(page.errors.map(({ cause }) => cause)).toEqual([fault, fault])
    expect(page.world.calls).toEqual([])
  })

  it('name a wrong endpoint', async () => {
    page.world.onCall = () => new Response('<h1>Not found</h1>', { status: 404 })
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(100)
    expect(page.errors).toMatchObject([{ code: 'unexpected_reply', status: 404 }])
    expect(page.errors[0]?.message).toContain('`endpoint`')
  })

  it('believe S3 after three refusals', async () => {
    page.world.onTransfer = () => ({ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' })
    page.add('large', 'abcdefghij')
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(5000)
    expect(page.errors.map(({ code, status, storageCode }) => [code, status, storageCode])).toEqual([
      ['storage_refused', 403, 'AccessDenied'],
      ['storage_refused', 403, 'AccessDenied'],
    ])
    expect(page.world.active).toHaveLength(0)
  })

  it('are worded in the page’s language', async () => {
    page.uppy.destroy()
    page.uppy = page.start({ locale: { strings: { file_unreadable: '%{name} ist nicht lesbar.' } } })
    const id = page.add('weg', 'abc')
    ;(page.file(id) as { data: unknown }).data = undefined
    void page.uppy.upload()
    await pass(100)
    expect(page.errors).toMatchObject([{ code: 'file_unreadable', message: 'weg ist nicht lesbar.' }])
  })

  it('include metadata that cannot be a string', async () => {
    page.add('large', large, { meta: { tags: Object.create(null) } })
    await pass(100)
    const done = page.uppy.upload()
    await pass(100)
    expect(await done).toMatchObject({ successful: [], failed: [{ name: 'large' }] })
    expect(page.errors).toMatchObject([{ code: 'unexpected_error' }])
  })
})
