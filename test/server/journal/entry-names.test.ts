// The paths of entries: no two owners share a folder, no two uploads a name, and a mark tells what it marks.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  claimOf,
  inPartsOf,
  isInParts,
  nameAlone,
  nameInParts,
  nameShared,
  ownerFolder,
  readMark,
  settledMark,
} from '../../../server/core/src/journal/entry-names.js'

const place = 'p'.repeat(22)
const text = fc.string({ unit: 'binary' })
const indexes = fc.uniqueArray(fc.nat(99), { minLength: 1 })
const name = fc.oneof(
  fc.tuple(text, text).map((parts) => nameInParts(...parts)),
  // In place of one that cannot be read.
  fc.tuple(text, text).map((parts) => `${nameInParts(...parts)}~`),
  text.map(nameShared),
  fc.uuid().map(nameAlone),
)
const path = fc.tuple(text, text, name).map(([mount, owner, last]) => ownerFolder(place, mount, owner) + last)

test('no two owners, mounts or browsers share a folder, however they are called', () => {
  const who = fc.tuple(text, text, fc.option(text, { nil: undefined }))
  fc.assert(
    fc.property(who, who, (one, other) => {
      const [folder, another] = [ownerFolder(place, ...one), ownerFolder(place, ...other)]
      expect(folder).toMatch(/^p{22}\/[\w-]{22}\/$/)
      expect(folder === another).toBe(JSON.stringify(one) === JSON.stringify(other))
    }),
  )
  // What would be the same if it were only put together.
  expect(ownerFolder(place, 'a', 'b","c')).not.toBe(ownerFolder(place, 'a","b', 'c'))
  expect(ownerFolder(place, 'a', 'b')).not.toBe(ownerFolder(place, 'a', 'b', ''))
  expect(ownerFolder(place, 'a', 'b', 'null')).not.toBe(ownerFolder(place, 'a', 'b'))
})

test('names are of one length, and those of one file start alike', () => {
  fc.assert(
    fc.property(text, text, text, (key, decision, otherKey) => {
      const upload = nameInParts(key, decision)
      expect(upload).toMatch(/^m-[\w-]{45}$/)
      expect(upload.startsWith(inPartsOf())).toBe(true)
      expect(upload.startsWith(inPartsOf(key))).toBe(true)
      expect(upload.startsWith(inPartsOf(otherKey))).toBe(key === otherKey)
    }),
  )
})

test('only uploads in parts are such', () => {
  const folder = ownerFolder(place, 'mount', 'ada')
  expect(isInParts(folder + nameInParts('a key', 'a decision'))).toBe(true)
  expect(isInParts(folder + nameShared('a call'))).toBe(false)
  expect(isInParts(folder + nameAlone('m-uuid'))).toBe(false)
})

test('a mark of what is settled gives back its entry and indexes, and comes behind it in a list', () => {
  fc.assert(
    fc.property(path, indexes, (entryPath, settled) => {
      const mark = settledMark(entryPath, settled)
      expect(readMark(mark)).toEqual({ entryPath, settled: new Set(settled) })
      expect(mark > entryPath).toBe(true)
    }),
  )
})

test('a claim gives back its entry, and settles nothing', () => {
  fc.assert(
    fc.property(path, fc.uuid(), (entryPath, id) => {
      expect(readMark(claimOf(entryPath, id))).toEqual({ entryPath, settled: new Set() })
    }),
  )
})

test('an entry is no mark, and nothing is listed between it and its marks', () => {
  fc.assert(
    fc.property(path, path, indexes, (entryPath, other, settled) => {
      expect(readMark(entryPath)).toBeUndefined()
      fc.pre(entryPath !== other)
      const listed = [entryPath, settledMark(entryPath, settled), other].toSorted()
      expect(listed.indexOf(settledMark(entryPath, settled)) - listed.indexOf(entryPath)).toBe(1)
    }),
  )
})
