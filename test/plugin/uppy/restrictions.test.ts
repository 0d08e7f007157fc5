import Uppy from '@uppy/core'
import { describe, expect, it } from 'vitest'
import { findStricter, tightenRestrictions } from '../../../plugin/src/uppy/restrictions.js'

const open = { maxFileSize: 1e12, minFileSize: 0, types: null, extensions: null }
const none = { maxFileSize: null, minFileSize: null, allowedFileTypes: null }

describe('findStricter', () => {
  it.each([
    ['the largest file where the page has no bound', { maxFileSize: 100 }, {}, { maxFileSize: 100 }],
    [
      'the largest file where the page has 0, which is none',
      { maxFileSize: 100 },
      { maxFileSize: 0 },
      { maxFileSize: 100 },
    ],
    ['a lower bound than the page’s', { maxFileSize: 100 }, { maxFileSize: 101 }, { maxFileSize: 100 }],
    ['no higher bound than the page’s', { maxFileSize: 100 }, { maxFileSize: 99 }, {}],
    ['no bound of 0, which Uppy takes for none', { maxFileSize: 0 }, { maxFileSize: 99 }, {}],
    ['the smallest file', { minFileSize: 10 }, { minFileSize: 9 }, { minFileSize: 10 }],
    ['no smaller one than the page’s', { minFileSize: 10 }, { minFileSize: 11 }, {}],
    ['types, in the case of browsers', { types: ['Image/*'] }, {}, { allowedFileTypes: ['image/*'] }],
    ['no types where the page has its own', { types: ['image/*'] }, { allowedFileTypes: ['.x'] }, {}],
    ['no types where the page allows none', { types: ['image/*'] }, { allowedFileTypes: [] }, {}],
    [
      'extensions rather than types',
      { types: ['a/b'], extensions: ['.b'] },
      {},
      { allowedFileTypes: ['.b'] },
    ],
    ['of an extension what Uppy compares', { extensions: ['.tar.gz'] }, {}, { allowedFileTypes: ['.gz'] }],
    ['that nothing is allowed', { extensions: [] }, {}, { allowedFileTypes: [] }],
  ])('finds %s', (_, limits, own, expected) => {
    expect(
      findStricter(
        { maxFileSize: 0, minFileSize: 0, types: null, extensions: null, ...limits },
        { ...none, ...own },
      ),
    ).toEqual(expected)
  })
})

describe('tightenRestrictions', () => {
  const refuses = (uppy: Uppy, name: string, size: number) =>
    uppy.validateSingleFile({ name, extension: name.slice(name.lastIndexOf('.') + 1), size, type: '' })

  it('makes Uppy refuse what the server would, and leaves the page’s other restrictions', () => {
    const uppy = new Uppy({ restrictions: { maxNumberOfFiles: 3, minFileSize: 5 } })
    tightenRestrictions(uppy, { ...open, maxFileSize: 100, extensions: ['.txt', '.tar.gz'] })
    expect(refuses(uppy, 'a.TXT', 100)).toBeNull()
    expect(refuses(uppy, 'a.tar.gz', 100)).toBeNull()
    expect(refuses(uppy, 'a.png', 100)).toContain('.txt')
    expect(refuses(uppy, 'a.txt', 101)).toContain('exceeds')
    expect(refuses(uppy, 'a.txt', 4)).toContain('smaller')
    expect(uppy.opts.restrictions.maxNumberOfFiles).toBe(3)
  })

  it('tells the user interface', () => {
    const uppy = new Uppy()
    let renders = 0
    uppy.on('state-update', () => {
      renders++
    })
    tightenRestrictions(uppy, { ...open, types: ['image/*'] })
    expect(renders).toBe(1)
  })

  it('takes back what it changed', () => {
    const uppy = new Uppy({ restrictions: { maxFileSize: 1000 } })
    const before = uppy.opts.restrictions
    const undo = tightenRestrictions(uppy, { ...open, maxFileSize: 100, minFileSize: 1, types: ['a/b'] })
    expect(uppy.opts.restrictions).not.toEqual(before)
    undo()
    expect(uppy.opts.restrictions).toEqual(before)
  })

  it('does not take back what the page has changed since', () => {
    const uppy = new Uppy()
    const undo = tightenRestrictions(uppy, { ...open, maxFileSize: 100, types: ['a/b'] })
    uppy.setOptions({ restrictions: { maxFileSize: 50, maxNumberOfFiles: 1 } })
    undo()
    expect(uppy.opts.restrictions).toMatchObject({
      maxFileSize: 50,
      maxNumberOfFiles: 1,
      allowedFileTypes: null,
    })
  })
})
