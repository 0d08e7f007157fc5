import { expect, it } from 'vitest'
import { toMetadata } from '../../../plugin/src/uppy/metadata.js'

const meta = { name: 'n', count: 3, flag: false, nothing: null, absent: undefined, empty: '' }

it.each([
  [true, { name: 'n', count: '3', flag: 'false', empty: '' }],
  [false, {}],
  [['count', 'nothing', 'unknown'], { count: '3' }],
])('with allowedMetaFields %o', (allowed, expected) => {
  expect(toMetadata(allowed, meta)).toEqual(expected)
})
