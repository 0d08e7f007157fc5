// What is left of the quota, as the page hears of it: when files are added, once for all of them.
import Uppy, { type UppyOptions } from '@uppy/core'
import type { Body, Meta } from '@uppy/core/utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import Partway from '../../../plugin/src/index.js'
import { pass, useWorld } from '../world.js'

const world = useWorld()
let uppy: Uppy<Meta, Body>

const files = (count: number, size = 1) =>
  Array.from({ length: count }, (_, n) => ({ name: `${n} of ${size}`, data: new Blob(['x'.repeat(size)]) }))
const told = () => uppy.getState().info.map(({ type, message }) => `${type}: ${message}`)
const asked = () => world.current.routes('config').length

/** A page whose server has told the quota. */
async function open(options: Partial<UppyOptions<Meta, Body>> = {}): Promise<void> {
  uppy = new Uppy(options).use(Partway, { endpoint: '/uploads' })
  await pass(100)
}

beforeEach(() => {
  world.current.quota = { files: 5, bytes: null, unfinished: 0 }
})
afterEach(() => uppy.destroy())

describe('a quota', () => {
  it('takes as many files as it has room for, and says so once', async () => {
    await open()
    uppy.addFiles(files(20))
    expect(uppy.getFiles()).toHaveLength(5)
    expect(told()).toEqual(['error: Not all files were added: your quota has room for 5 more.'])
    expect(() => uppy.addFile(files(1, 9)[0] as never)).toThrow('onBeforeFileAdded')
  })

  it('that is used up takes none', async () => {
    world.current.quota = { files: 0, bytes: null, unfinished: 0 }
    await open()
    uppy.addFiles(files(3))
    expect(uppy.getFiles()).toEqual([])
    expect(told()).toEqual(['error: Not all files were added: your quota has room for 0 more.'])
  })

  it('refuses a file that is too large for what is left, and takes what fits', async () => {
    world.current.quota = { files: null, bytes: 10, unfinished: 0 }
    await open()
    uppy.addFiles([...files(1, 6), ...files(1, 5), ...files(1, 4)])
    expect(uppy.getFiles().map(({ size }) => size)).toEqual([6, 4])
    expect(told()).toEqual(['error: “0 of 5” was not added: it is larger than what is left of your quota.'])
  })

  it('leaves room for the files of unfinished uploads, which count already', async () => {
    world.current.quota = { files: 0, bytes: 0, unfinished: 2 }
    await open()
    uppy.addFiles(files(3, 100))
    expect(uppy.getFiles()).toHaveLength(2)
  })

  it('counts no file twice that is uploaded and still shown, and is asked for again after an upload', async () => {
    await open()
    uppy.addFiles(files(3))
    expect(asked()).toBe(1)
    world.current.quota = { files: 2, bytes: null, unfinished: 0 }
    void uppy.upload()
    await pass(5000)
    expect(asked()).toBe(2)
    uppy.addFiles(files(3, 2))
    expect(uppy.getFiles()).toHaveLength(5)
  })

  it('that has room again takes files at the next try', async () => {
    world.current.quota = { files: 0, bytes: null, unfinished: 0 }
    await open()
    uppy.addFiles(files(1))
    world.current.quota = { files: 1, bytes: null, unfinished: 0 }
    await pass(100)
    uppy.addFiles(files(1))
    expect(uppy.getFiles()).toHaveLength(1)
  })

  it('leaves the page its own rule, and gives it back', async () => {
    const seen: string[] = []
    const own = ({ name }: { name?: string }) => {
      seen.push(name ?? '')
      return name !== '0 of 1'
    }
    await open({ onBeforeFileAdded: own })
    uppy.addFiles(files(7))
    expect(uppy.getFiles()).toHaveLength(5)
    expect(seen).toHaveLength(7)
    const plugin = uppy.getPlugin('Partway')
    if (plugin) uppy.removePlugin(plugin)
    expect(uppy.opts.onBeforeFileAdded).toBe(own)
  })

  it('that there is none changes nothing, and is not asked for', async () => {
    world.current.quota = undefined
    await open()
    uppy.addFiles(files(20))
    void uppy.upload()
    await pass(5000)
    expect(uppy.getFiles()).toHaveLength(20)
    expect(asked()).toBe(1)
  })
})
