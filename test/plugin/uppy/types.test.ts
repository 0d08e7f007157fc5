// What TypeScript knows of the plugin.
import { describe, expect, expectTypeOf, it } from 'vitest'
import Partway, {
  type PartwayBody,
  type PartwayError,
  type PartwayErrorCode,
  type PartwayOptions,
} from '../../../plugin/src/index.js'
import type { defaultLocale, notices } from '../../../plugin/src/locale.js'
import type { ErrorCode } from '../../../server/core/src/errors.js'
import { type Meta, usePage } from './uppy-page.js'

const page = usePage()

declare module '../../../plugin/src/index.js' {
  interface HostErrorCodes {
    virus_found: true
  }
}

describe('types', () => {
  it('know the plugin by its id', () => {
    expectTypeOf(page.uppy.getPlugin('Partway')).toEqualTypeOf<Partway<Meta, PartwayBody> | undefined>()
    expect(page.uppy.getPlugin('Partway')).toBeInstanceOf(Partway)
  })

  it('know every code that a page can see, and those that the host declares', () => {
    type Own = Exclude<keyof typeof defaultLocale.strings, keyof typeof notices>
    type Seen = Exclude<ErrorCode, 'client_gone' | 'key_mismatch' | 'multipart_required'>
    expectTypeOf<PartwayErrorCode>().toEqualTypeOf<Own | Seen | 'virus_found'>()
    expectTypeOf<PartwayError['code']>().toEqualTypeOf<PartwayErrorCode>()
  })

  it('demand an endpoint', () => {
    expectTypeOf<PartwayOptions['endpoint']>().toEqualTypeOf<string>()
    expect(() => page.start({ endpoint: '' })).toThrow(TypeError)
  })
})
