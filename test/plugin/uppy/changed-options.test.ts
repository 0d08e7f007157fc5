// Options that the page changes, and files that Uppy changes before they are sent.
import { describe, expect, it } from 'vitest'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()
const headersOf = (call: { init: RequestInit } | undefined) => call?.init.headers as Record<string, string>

async function upload(name: string, meta = {}): Promise<void> {
  page.add(name, 'abc', { meta })
  void page.uppy.upload()
  await pass(1000)
}

describe('setOptions', () => {
  it('holds for the next call, also of an upload that is under way', async () => {
    page.world.onTransfer = ({ partNumber }) => (partNumber === 1 ? 'hold' : undefined)
    page.add('large', large)
    void page.uppy.upload()
    await pass(1000)
    expect(headersOf(page.world.routes('create')[0])).not.toHaveProperty('authorization')
    page.uppy.getPlugin('Partway')?.setOptions({ headers: { authorization: 'new' }, credentials: 'include' })
    page.world.onTransfer = () => undefined
    for (const request of page.world.active) request.respond(0)
    await pass(3000)
    expect(page.events.at(-1)).toBe('success large')
    const [complete] = page.world.routes('complete')
    expect(headersOf(complete)).toMatchObject({ authorization: 'new' })
    expect(complete?.init.credentials).toBe('include')
  })

  it('changes the meta fields of the next file', async () => {
    await upload('one', { a: 1, b: 2 })
    page.uppy.getPlugin('Partway')?.setOptions({ allowedMetaFields: ['b'] })
    await upload('two', { a: 1, b: 2 })
    expect(page.world.upload('one').metadata).toMatchObject({ a: '1', b: '2' })
    expect(page.world.upload('two').metadata).toEqual({ b: '2' })
  })

  it('leaves what is not named of `retry` as it was', () => {
    const plugin = page.start({ retry: { baseDelayMs: 100, giveUpAfterMs: 5000 } }).getPlugin('Partway')
    plugin?.setOptions({ retry: { tries: 3 } })
    const kept = { baseDelayMs: 100, maxDelayMs: 30_000, giveUpAfterMs: 5000, tries: 3 }
    expect(plugin?.opts.retry).toEqual(kept)
    expect(() => plugin?.setOptions({ retry: { maxDelayMs: 99 } })).toThrow('`retry.maxDelayMs`')
    expect(() => plugin?.setOptions({ retry: 3 as never })).toThrow('`retry`')
    expect(plugin?.opts.retry).toEqual(kept)
    // What nobody has named follows, as when the plugin is added.
    plugin?.setOptions({ retry: { baseDelayMs: 60_000 } })
    expect(plugin?.opts.retry).toEqual({ ...kept, baseDelayMs: 60_000, maxDelayMs: 60_000 })
  })

  it('leaves the other options as they were, and takes no wrong one', () => {
    const plugin = page.uppy.getPlugin('Partway')
    plugin?.setOptions({ limit: 3, credentials: 'omit' })
    plugin?.setOptions({ stallTimeoutMs: 5000 })
    expect(() => plugin?.setOptions({ limit: 1000, credentials: 'include' })).toThrow('`limit`')
    expect(plugin?.opts).toMatchObject({
      limit: 3,
      credentials: 'omit',
      stallTimeoutMs: 5000,
      endpoint: '/uploads',
    })
  })
})

describe('the metadata of a file', () => {
  it('is Uppy’s, and over it the file’s, as they are when the upload begins', async () => {
    page.uppy.setMeta({ album: 'of Uppy', caption: 'of Uppy' })
    const id = page.add('film', 'abc', { meta: { caption: 'of the file' } })
    page.uppy.setFileMeta(id, { place: 'later' })
    page.uppy.addPreProcessor(async ([first = '']) => page.uppy.setFileMeta(first, { from: 'a processor' }))
    void page.uppy.upload()
    await pass(1000)
    expect(page.world.upload().metadata).toEqual({
      album: 'of Uppy',
      caption: 'of the file',
      place: 'later',
      from: 'a processor',
      // Uppy's own two.
      name: 'film',
      type: 'text/plain',
    })
  })

  it('names it: what the user has renamed is uploaded under its new name', async () => {
    const id = page.add('film', 'abc')
    page.uppy.setFileMeta(id, { name: 'renamed' })
    void page.uppy.upload()
    await pass(1000)
    expect(page.world.upload().name).toBe('renamed')
  })
})

describe('processors', () => {
  it('may replace a file before it is sent', async () => {
    page.uppy.addPreProcessor(async (ids) => {
      for (const id of ids) page.uppy.setFileState(id, { data: new Blob(['compressed']), size: 10 })
    })
    await upload('film')
    expect(page.world.content(page.world.upload())).toBe('compressed')
  })

  it('that fail leave nothing behind: not one call is made', async () => {
    page.uppy.addPreProcessor(() => Promise.reject(new Error('No.')))
    page.add('film', 'abc')
    await expect(page.uppy.upload()).rejects.toThrow('No.')
    await pass(1000)
    expect(page.world.routes('create')).toEqual([])
    expect(page.events).toEqual([])
  })

  it('come after it with the object’s URL at hand', async () => {
    const urls: (string | undefined)[] = []
    page.uppy.addPostProcessor(async (ids) => {
      urls.push(...ids.map((id) => page.uppy.getFile(id).uploadURL))
    })
    await upload('film')
    expect(urls).toEqual(['https://s3.test/bucket/film'])
  })
})

describe('Uppy’s own options', () => {
  it('autoProceed uploads what is added', async () => {
    page.uppy.setOptions({ autoProceed: true })
    page.add('one', 'abc')
    await pass(1000)
    page.add('two', large)
    await pass(1000)
    expect(page.events).toEqual(['start one', 'success one', 'start two', 'success two'])
  })

  it('allowMultipleUploadBatches: false lets nothing be added, and a retry all the same', async () => {
    page.uppy.setOptions({ allowMultipleUploadBatches: false })
    page.world.onTransfer = () => ({ status: 400 })
    await upload('one')
    expect(() => page.add('two', 'abc')).toThrow()
    page.world.onTransfer = () => undefined
    void page.uppy.retryAll()
    await pass(1000)
    expect(page.events).toEqual(['start one', 'error one', 'start one', 'success one'])
  })
})
