// Pages that take Uppy or the plugin away.
import { describe, expect, it } from 'vitest'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()

describe('destroy and uninstall', () => {
  it('stop the transfers and leave the upload on S3', async () => {
    page.world.onTransfer = () => 'hold'
    page.add('large', large)
    page.add('small', 'abc')
    const done = page.uppy.upload()
    await pass(200)
    page.uppy.destroy()
    await pass(1000)
    await done
    expect(page.world.active).toHaveLength(0)
    expect(page.world.routes('abort')).toHaveLength(0)
    expect(page.events).toEqual(['start large,small'])
  })

  it('still abort what the user had cancelled before', async () => {
    page.world.onTransfer = () => 'hold'
    page.add('large', large)
    void page.uppy.upload()
    await pass(200)
    page.uppy.cancelAll()
    await Promise.resolve()
    page.uppy.destroy()
    await pass(1000)
    expect(page.world.upload().aborted).toBe(true)
  })

  it('give back the pause button', () => {
    expect(page.uppy.getState().capabilities.resumableUploads).toBe(true)
    page.removePlugin()
    expect(page.uppy.getState().capabilities.resumableUploads).toBe(false)
  })
})

describe('continueWith() that is being answered', () => {
  const goes: [string, () => void][] = [
    ['destroy', () => page.uppy.destroy()],
    ['removePlugin', () => page.removePlugin()],
  ]

  it.each(goes)('adds and reports nothing after %s', async (_, go) => {
    page.world.onTransfer = ({ partNumber = 0 }) => (partNumber > 3 ? 'hold' : undefined)
    const file = new File([large], 'large.txt')
    const crashed = page.start()
    crashed.addFile({ name: 'large.txt', type: 'text/plain', data: file })
    void crashed.upload()
    await pass(2000)
    crashed.destroy()
    page.world.onTransfer = () => undefined
    const plugin = page.uppy.getPlugin('Partway')
    const [[upload] = []] = await Promise.all([plugin?.unfinished(), pass(500)])
    const told: string[] = []
    for (const event of ['file-added', 'upload', 'complete', 'error'] as const)
      page.uppy.on(event, () => told.push(event))
    const done = plugin?.continueWith(upload?.id ?? '', file)
    await Promise.resolve()
    go()
    await pass(3000)
    await done
    expect(page.uppy.getFiles()).toEqual([])
    expect(told).toEqual([])
  })
})
