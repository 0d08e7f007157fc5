// What the page gets of the server's limits: the early word, and calls that keep them.
import Uppy from '@uppy/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import Partway, { type PartwayOptions } from '../../../plugin/src/index.js'
import { errorReply, pass, setOnline, useWorld } from '../world.js'

const world = useWorld()
let uppy: Uppy
let outcomes: string[]
let log: string[]

const remove = () => {
  const plugin = uppy.getPlugin('Partway')
  if (plugin) uppy.removePlugin(plugin)
}

function start(options: Partial<PartwayOptions> = {}): void {
  uppy = new Uppy({ logger: { debug: (line) => log.push(String(line)), warn() {}, error() {} } })
  uppy.use(Partway, { endpoint: '/uploads', ...options })
  uppy.on('upload-success', (file) => outcomes.push(`success ${file?.name}`))
  uppy.on('upload-error', (file, error) => outcomes.push(`error ${file?.name}: ${error.message}`))
}

const add = (name: string, content = 'x', meta = {}) =>
  uppy.addFile({ name, data: new Blob([content]), meta })
const limit = (limits: Partial<typeof world.current.limits>) => Object.assign(world.current.limits, limits)
const asked = () => world.current.routes('config').length
const signedOut = () => errorReply(401, 'not_signed_in', 'Sign in first.')

beforeEach(() => {
  outcomes = []
  log = []
})
afterEach(() => uppy.destroy())

describe('the server’s limits', () => {
  it('are asked for once, as a simple request with the plugin’s headers and credentials', async () => {
    start({ headers: async () => ({ accept: 'application/json' }), credentials: 'include' })
    await pass(100)
    add('a')
    void uppy.upload()
    await pass(1000)
    const [{ init } = { init: undefined }, ...more] = world.current.routes('config')
    expect(init).toMatchObject({ method: 'GET', body: null, credentials: 'include' })
    expect(init?.headers).toEqual({ accept: 'application/json' })
    expect(more).toEqual([])
    expect(outcomes).toEqual(['success a'])
  })

  it('are told when a file is added', async () => {
    limit({ maxFileSize: 5, minFileSize: 2, extensions: ['.txt'] })
    start()
    await pass(100)
    expect(() => add('long.txt', 'abcdef')).toThrow('exceeds')
    expect(() => add('short.txt', 'a')).toThrow('smaller')
    expect(() => add('picture.png', 'abc')).toThrow('.txt')
    add('right.txt', 'abc')
  })

  it('leave the page as it was when the plugin goes, and a late answer changes nothing', async () => {
    limit({ maxFileSize: 5 })
    start()
    await pass(100)
    expect(uppy.opts.restrictions.maxFileSize).toBe(5)
    remove()
    expect(uppy.opts.restrictions.maxFileSize).toBeNull()
    uppy.use(Partway, { endpoint: '/uploads' })
    await pass(0)
    expect(asked()).toBe(2)
    remove()
    await pass(100)
    expect(uppy.opts.restrictions.maxFileSize).toBeNull()
    expect(log.join()).not.toContain('Limits')
  })

  it('are those of the endpoint that the page has chosen', async () => {
    limit({ maxFileSize: 5 })
    start()
    await pass(100)
    uppy.getPlugin('Partway')?.setOptions({ limit: 3 })
    expect(asked()).toBe(1)
    limit({ maxFileSize: 7 })
    uppy.getPlugin('Partway')?.setOptions({ endpoint: '/uploads/' })
    expect(asked()).toBe(1)
    world.current.onCall = ({ endpoint }) =>
      endpoint === '/other'
        ? Response.json({ limits: { ...world.current.limits, maxFileSize: 9 } })
        : undefined
    uppy.getPlugin('Partway')?.setOptions({ endpoint: '/other' })
    expect(uppy.opts.restrictions.maxFileSize).toBeNull()
    await pass(100)
    expect(uppy.opts.restrictions.maxFileSize).toBe(9)
  })

  it('are asked for again before each upload until they are known', async () => {
    limit({ maxFileSize: 5 })
    let signedIn = false
    world.current.onCall = () => (signedIn ? undefined : signedOut())
    start()
    await pass(60_000)
    expect(asked()).toBe(1)
    expect(log.join()).toContain('Sign in first.')
    add('early')
    void uppy.upload()
    await pass(1000)
    expect(asked()).toBe(2)
    expect(outcomes).toEqual(['error early: Sign in first.'])
    signedIn = true
    void uppy.retryAll()
    await pass(1000)
    void uppy.upload()
    await pass(1000)
    expect(asked()).toBe(3)
    expect(outcomes.slice(1)).toEqual(['success early'])
    expect(() => add('long', 'abcdef')).toThrow('exceeds')
  })

  it.each([
    ['fails', () => errorReply(500, 'internal_error', 'Broken.')],
    ['does not exist', () => new Response('Not Found', { status: 404 })],
    ['is not this server’s', () => Response.json({})],
  ])('cost no upload when the route %s', async (_, answer) => {
    world.current.onCall = ({ route }) => (route === 'config' ? answer() : undefined)
    start()
    add('a')
    void uppy.upload()
    await pass(1000)
    expect(outcomes).toEqual(['success a'])
    expect(log.join()).toContain('Limits are not known')
    expect(asked()).toBe(1)
  })

  it('keep an upload waiting no longer than a call may take', async () => {
    world.current.onCall = ({ route }) => (route === 'config' ? new Promise(() => {}) : undefined)
    start()
    add('a')
    void uppy.upload()
    await pass(1000)
    expect(world.current.routes('create')).toHaveLength(0)
    await pass(60_000)
    expect(outcomes).toEqual(['success a'])
  })

  it('keep nobody waiting who has removed the file', async () => {
    world.current.onCall = ({ route }) => (route === 'config' ? new Promise(() => {}) : undefined)
    start()
    const id = add('a')
    let ended = false
    void uppy.upload().then(() => {
      ended = true
    })
    await pass(100)
    uppy.removeFile(id)
    await pass(100)
    expect(ended).toBe(true)
  })

  it('do not keep a page without a network from anything', async () => {
    setOnline(false)
    start()
    await pass(100)
    add('a')
    void uppy.upload()
    await pass(100)
    setOnline(true)
    await pass(1000)
    expect(outcomes).toEqual(['success a'])
  })

  it('bound how many files are created in a call', async () => {
    limit({ maxFilesPerRequest: 8 })
    start()
    for (let n = 0; n < 20; n++) add(`${n}`)
    void uppy.upload()
    await pass(3000)
    expect(world.current.routes('create').map(({ body }) => body.files.length)).toEqual([8, 8, 4])
    expect(outcomes).toHaveLength(20)
  })

  it('that the page did not know yet are the server’s to tell', async () => {
    limit({ maxFileSize: 5 })
    world.current.onCall = ({ route }) =>
      route === 'create'
        ? Response.json({ uploads: [{ error: 'Too large.', code: 'file_too_large', status: 413 }] })
        : undefined
    start()
    add('long', 'abcdef')
    void uppy.upload()
    await pass(1000)
    expect(outcomes).toEqual(['error long: Too large.'])
  })
})
