// Files that the page changes, or takes away, between one upload and the next.
import { describe, expect, it } from 'vitest'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

/** Until the server lets uploads be completed. */
function failComplete(): void {
  page.world.onCall = ({ route, body }) => {
    if (route !== 'complete') return undefined
    const refusal = { error: 'Not yet.', code: 'refused', status: 403 }
    return Response.json({ uploads: body.tickets.map(() => refusal) })
  }
}

async function failAndRetry(edit: (id: string) => void, content: string | File): Promise<void> {
  failComplete()
  const data = typeof content === 'string' ? new Blob([content]) : content
  const id = page.uppy.addFile({ name: 'file', type: 'text/plain', data })
  void page.uppy.upload()
  await pass(2000)
  expect(page.events.at(-1)).toBe('error file')
  page.world.onCall = () => undefined
  edit(id)
  void page.uppy.retryUpload(id)
  await pass(3000)
  expect(page.events.at(-1)).toBe('success file')
}

describe.each([
  ['small', 'abc', 'ABC'],
  ['large', large, large.toUpperCase()],
])('a %s file that failed', (_, content, edited) => {
  it('is uploaded as the user has edited it since, and nothing of before stays on S3', async () => {
    await failAndRetry((id) => page.uppy.setFileState(id, { data: new Blob([edited]) }), content)
    const [before, after] = [...page.world.uploads.values()]
    expect(before).toMatchObject({ aborted: true })
    expect(before?.completed).toBeUndefined()
    expect(after).toMatchObject({ completed: true })
    expect(after && page.world.content(after)).toBe(edited)
  })

  it('is known by its date: an edited one of the same size is uploaded anew', async () => {
    const before = new File([content], 'file', { lastModified: 1 })
    const after = new File([edited], 'file', { lastModified: 2 })
    await failAndRetry((id) => page.uppy.setFileState(id, { data: after }), before)
    expect(page.world.content(page.world.upload())).toBe(edited)
  })

  it('has the metadata that the user has given it since', async () => {
    await failAndRetry((id) => page.uppy.setFileMeta(id, { caption: 'new' }), content)
    expect(page.world.upload()).toMatchObject({ metadata: { caption: 'new' }, completed: true })
    expect([...page.world.uploads.values()].map(({ aborted }) => aborted)).toEqual([true, undefined])
  })

  it('is not sent again if nobody touched it', async () => {
    await failAndRetry((id) => page.uppy.setFileMeta(id, { name: 'file' }), content)
    expect(page.world.uploads.size).toBe(1)
    expect(page.world.routes('abort')).toEqual([])
  })
})

describe('resetProgress', () => {
  it('lets a file that is done be uploaded again, as a new object', async () => {
    page.add('small', 'abc')
    void page.uppy.upload()
    await pass(1000)
    page.uppy.resetProgress()
    void page.uppy.upload()
    await pass(1000)
    expect(page.events).toEqual(['start small', 'success small', 'start small', 'success small'])
    expect(page.world.uploads.size).toBe(2)
  })
})

describe('clear', () => {
  it('forgets no upload that failed: the same file goes on when it is picked again', async () => {
    const pick = () => new File([large], 'large.txt', { type: 'text/plain', lastModified: 1_700_000_000_000 })
    page.world.onTransfer = ({ partNumber }) => (partNumber === 6 ? { status: 400 } : undefined)
    page.uppy.addFile(pick())
    void page.uppy.upload()
    await pass(1000)
    expect(page.events.at(-1)).toBe('error large.txt')
    page.uppy.clear()
    page.world.onTransfer = () => undefined
    page.world.requests.length = 0
    page.uppy.addFile(pick())
    void page.uppy.upload()
    await pass(1000)
    expect(page.world.requests.map(({ partNumber }) => partNumber)).toEqual([6])
    expect(page.world.content(page.world.upload())).toBe(large)
    expect(page.events.at(-1)).toBe('success large.txt')
  })
})
