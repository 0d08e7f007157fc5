import { expect, it } from 'vitest'
import { keepMetadata, toMetadata } from '../../plugin/src/metadata.js'

const meta = { name: 'n', count: 3, flag: false, nothing: null, absent: undefined, empty: '' }

it.each([
  [true, { name: 'n', count: '3', flag: 'false', empty: '' }],
  [false, {}],
  [['count', 'nothing', 'unknown'], { count: '3' }],
])('with allowedMetaFields %o', (allowed, expected) => {
  expect(toMetadata(allowed, meta)).toEqual(expected)
})

it('keeps what the server stores, in any case', () => {
  const metadata = { Name: 'n', count: '3' }
  expect(keepMetadata(metadata, ['name', 'other'])).toEqual({ Name: 'n' })
  expect(keepMetadata(metadata, [])).toEqual({})
  expect(keepMetadata(metadata, null)).toEqual(metadata)
  expect(keepMetadata(metadata, undefined)).toEqual(metadata)
})
