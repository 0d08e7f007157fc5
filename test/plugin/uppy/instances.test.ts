// Several Uppys on a page, several plugins in an Uppy, and plugins that come and go.
import { describe, expect, it } from 'vitest'
import Partway from '../../../plugin/src/index.js'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()
const calls = (endpoint: string) => page.world.calls.filter((call) => call.endpoint === endpoint)

describe('two Uppys', () => {
  it('each talk to their own server, with their own headers', async () => {
    const other = page.start({ endpoint: 'https://b.test/up/', headers: { authorization: 'b' } })
    for (const name of ['small', 'large']) {
      const content = name === 'small' ? 'abc' : large
      page.add(`${name} a`, content)
      other.addFile({ name: `${name} b`, type: 'text/plain', data: new Blob([content]) })
    }
    const done = [page.uppy.upload(), other.upload()]
    await pass(3000)
    for (const result of await Promise.all(done)) expect(result?.successful).toHaveLength(2)
    const named = (endpoint: string) =>
      calls(endpoint)
        .filter(({ route }) => route === 'create')
        .flatMap(({ body }) => body.files.map(({ name }: { name: string }) => name))
        .sort()
    expect(named('/uploads')).toEqual(['large a', 'small a'])
    expect(named('https://b.test/up')).toEqual(['large b', 'small b'])
    for (const { init } of calls('https://b.test/up'))
      expect(init.headers).toMatchObject({ authorization: 'b' })
    for (const { init } of calls('/uploads')) expect(init.headers).not.toHaveProperty('authorization')
    other.destroy()
  })

  it('do not feel what happens to the other', async () => {
    const other = page.start()
    page.world.onTransfer = ({ partNumber }) => (partNumber === 1 ? undefined : 'hold')
    const here = page.add('here', large)
    other.addFile({ name: 'there', type: 'text/plain', data: new Blob([large]) })
    const done = page.uppy.upload()
    void other.upload()
    await pass(500)
    other.pauseAll()
    other.cancelAll()
    await pass(500)
    expect(page.world.upload('there').aborted).toBe(true)
    expect(page.file(here).isPaused).toBeFalsy()
    other.destroy()
    page.world.onTransfer = () => undefined
    for (const request of page.world.active) request.respond(0)
    await pass(3000)
    expect((await done)?.successful).toMatchObject([{ id: here }])
    expect(page.events).toEqual(['start here', 'start there', 'success here'])
  })
})

describe('a second plugin', () => {
  it('needs an id of its own', () => {
    expect(() => page.uppy.use(Partway, { endpoint: '/other' })).toThrow('unique `id`')
    page.uppy.use(Partway, { endpoint: '/other', id: 'Second' })
    expect(page.uppy.getPlugin('Second')).toBeInstanceOf(Partway)
    expect(page.uppy.getPlugin('Second')).not.toBe(page.uppy.getPlugin('Partway'))
  })

  it('in the same Uppy gets what the first has left over, which is nothing', async () => {
    page.uppy.use(Partway, { endpoint: '/other', id: 'Second' })
    page.add('small', 'abc')
    const done = page.uppy.upload()
    await pass(1000)
    expect((await done)?.successful).toHaveLength(1)
    expect(page.world.uploads.size).toBe(1)
    expect(calls('/other').map(({ route }) => route)).toEqual(['config'])
    expect(page.events.filter((event) => event !== 'start ')).toEqual(['start small', 'success small'])
  })
})

describe('removePlugin', () => {
  it('stops the transfers, keeps the files and what S3 has, and another plugin starts them', async () => {
    page.world.onTransfer = ({ partNumber }) => (partNumber === 1 ? undefined : 'hold')
    page.add('large', large)
    const done = page.uppy.upload()
    await pass(500)
    page.removePlugin()
    await pass(500)
    // It has neither failed nor been uploaded.
    expect(await done).toMatchObject({ successful: [], failed: [] })
    expect(page.world.active).toEqual([])
    expect(page.world.routes('abort')).toEqual([])
    expect(page.uppy.getFiles()).toHaveLength(1)

    page.world.onTransfer = () => undefined
    page.uppy.use(Partway, { endpoint: '/uploads' })
    page.uppy.resetProgress()
    void page.uppy.upload()
    await pass(1000)
    expect(page.events.at(-1)).toBe('success large')
  })

  it('does not change the outcome of files that have one', async () => {
    page.world.onTransfer = ({ size, partNumber }) => {
      if (size === 4) return { status: 400 }
      return partNumber ? 'hold' : undefined
    }
    page.add('small', 'abc')
    page.add('bad', 'abcd')
    page.add('large', large)
    const done = page.uppy.upload()
    await pass(1000)
    page.removePlugin()
    await pass(500)
    expect(await done).toMatchObject({ successful: [{ name: 'small' }], failed: [{ name: 'bad' }] })
  })

  it('during a preprocessor starts nothing, and leaves no limits of the server', async () => {
    let go = () => {}
    page.uppy.addPreProcessor(
      () =>
        new Promise<void>((resolve) => {
          go = resolve
        }),
    )
    page.world.limits.maxFileSize = 5
    page.add('small', 'abc')
    const done = page.uppy.upload()
    await pass(100)
    page.removePlugin()
    const before = page.world.calls.length
    go()
    await pass(2000)
    expect(await done).toMatchObject({ successful: [], failed: [] })
    expect(page.world.calls).toHaveLength(before)
    expect(page.events).toEqual([])
    expect(page.uppy.opts.restrictions.maxFileSize).toBeNull()
  })

  it('leaves nothing that listens', async () => {
    page.removePlugin()
    const before = page.world.calls.length
    page.uppy.pauseAll()
    page.uppy.resumeAll()
    page.uppy.cancelAll()
    page.add('small', 'abc')
    const done = page.uppy.upload()
    await pass(1000)
    await done
    expect(page.world.calls).toHaveLength(before)
    expect(page.events).toEqual([])
  })
})
