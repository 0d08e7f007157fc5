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
    const plugin = page.uppy.getPlugin('Partway')
    if (plugin) page.uppy.removePlugin(plugin)
    expect(page.uppy.getState().capabilities.resumableUploads).toBe(false)
  })
})
