import { describe, expect, it } from 'vitest'
import { type PartwayOptions, resolveOptions } from '../../../plugin/src/uppy/options.js'

describe('resolveOptions', () => {
  it('fills in the defaults', () => {
    expect(resolveOptions({ endpoint: '/uploads/' })).toEqual({
      endpoint: '/uploads',
      limit: 6,
      allowedMetaFields: true,
      headers: {},
      credentials: 'same-origin',
      stallTimeoutMs: 30_000,
      retry: {
        baseDelayMs: 1000,
        maxDelayMs: 30_000,
        giveUpAfterMs: 300_000,
        tries: Number.POSITIVE_INFINITY,
      },
      askBeforeUnload: false,
      keepAwake: false,
    })
  })

  it.each([
    [{ endpoint: undefined }, '`endpoint` must be a URL or a path, got undefined'],
    [{ endpoint: '' }, "`endpoint` must be a URL or a path, got ''"],
    [{ limit: 0 }, '`limit` must be an integer from 1 to 100, got 0'],
    [{ limit: 101 }, 'got 101'],
    [{ limit: 1.5 }, 'got 1.5'],
    [{ limit: '6' }, "got '6'"],
    [
      { allowedMetaFields: ['a', 1] },
      '`allowedMetaFields` must be a boolean or an array of strings, got ["a",1]',
    ],
    [{ headers: 'x' }, '`headers` must be an object of strings or a function'],
    [{ headers: { a: 1 } }, '`headers` must be'],
    [{ headers: null }, 'got null'],
    [{ credentials: 'all' }, "`credentials` must be 'omit', 'same-origin' or 'include', got 'all'"],
    [
      { stallTimeoutMs: 999 },
      '`stallTimeoutMs` must be a number of milliseconds from 1000 to 3600000, got 999',
    ],
    [{ stallTimeoutMs: Number.NaN }, 'got NaN'],
    [{ retry: null }, '`retry` must be an object, got null'],
    [{ retry: { baseDelayMs: 0 } }, '`retry.baseDelayMs` must be'],
    [
      { retry: { baseDelayMs: 2000, maxDelayMs: 1000 } },
      '`retry.maxDelayMs` must be a number of milliseconds from 2000',
    ],
    [{ retry: { tries: 0 } }, '`retry.tries` must be'],
    [{ retry: { giveUpAfterMs: -1 } }, '`retry.giveUpAfterMs` must be'],
  ])('refuses %o', (wrong, message) => {
    const options = { endpoint: '/uploads', ...wrong } as PartwayOptions
    expect(() => resolveOptions(options)).toThrow(TypeError)
    expect(() => resolveOptions(options)).toThrow(message)
  })

  it('refuses no options at all', () => {
    expect(() => resolveOptions(undefined as unknown as PartwayOptions)).toThrow('`endpoint`')
  })

  it('lets a file be tried forever, or never again', () => {
    expect(resolveOptions({ endpoint: '/', retry: { giveUpAfterMs: Number.POSITIVE_INFINITY } })).toBeTruthy()
    expect(resolveOptions({ endpoint: '/', retry: { giveUpAfterMs: 0 } })).toBeTruthy()
  })
})
