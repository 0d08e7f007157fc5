// What TypeScript knows of the plugin.
import { describe, expect, expectTypeOf, it } from 'vitest'
import Partway, { type PartwayBody, type PartwayOptions } from '../../../plugin/src/index.js'
import { type Meta, usePage } from './uppy-page.js'

const page = usePage()

describe('types', () => {
  it('know the plugin by its id', () => {
    expectTypeOf(page.uppy.getPlugin('Partway')).toEqualTypeOf<Partway<Meta, PartwayBody> | undefined>()
    expect(page.uppy.getPlugin('Partway')).toBeInstanceOf(Partway)
  })

  it('demand an endpoint', () => {
    expectTypeOf<PartwayOptions['endpoint']>().toEqualTypeOf<string>()
    expect(() => page.start({ endpoint: '' })).toThrow(TypeError)
  })
})
