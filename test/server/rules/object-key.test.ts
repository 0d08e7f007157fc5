import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultKey, findKeyFault, ownerPrefix, safeName } from '../../../server/core/src/rules/object-key.js'

describe('safeName', () => {
  test.each([
    ['photo.jpg', 'photo.jpg'],
    ['Übergröße 1.tar.gz', 'Übergröße-1.tar.gz'],
    ['Schloss Ü.png', 'Schloss-Ü.png'],
    ['हिन्दी.txt', 'हिन्दी.txt'],
    ['a+b%2F#?&"\'<>\\.txt', 'a-b-2F-.txt'],
    ['🎈.png', '-.png'],
    ['../../etc/passwd', '-..-etc-passwd'],
    ['a/b\\c', 'a-b-c'],
    ['.htaccess', 'htaccess'],
    ['..', 'file'],
    ['...', 'file'],
    ['a\u0000b\r\n\u202Egpj.exe', 'a-b-gpj.exe'],
    ['no-dot', 'no-dot'],
    ['dot.', 'dot.'],
  ])('%j becomes %j', (name, safe) => {
    expect(safeName(name)).toBe(safe)
  })

  test('is cut to 100 bytes between characters, with its extension kept', () => {
    expect(safeName(`${'n'.repeat(255)}.jpeg`)).toBe(`${'n'.repeat(95)}.jpeg`)
    expect(safeName(`${'ü'.repeat(255)}.jpeg`)).toBe(`${'ü'.repeat(47)}.jpeg`)
    expect(safeName(`a.${'x'.repeat(200)}`)).toBe(`a.${'x'.repeat(98)}`)
  })

  test('holds for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (name) => {
        const safe = safeName(name)
        expect(safe).toMatch(/^[\p{L}\p{M}\p{N}_-][\p{L}\p{M}\p{N}._-]*$/u)
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(100)
        expect(safeName(safe)).toBe(safe)
      }),
      { numRuns: 2000 },
    )
  })
})

test('a default key is the prefix, the UUID and the safe name', () => {
  expect(defaultKey('in/ada/', 'b1c9', 'a b.png')).toBe('in/ada/b1c9/a-b.png')
})

describe('ownerPrefix', () => {
  test.each([
    ['42', '42/'],
    ['ada@example.com', 'ada!40example.com/'],
    ['a/../b', 'a!2f..!2fb/'],
    ['..', '!2e./'],
    ['ü!', '!c3!bc!21/'],
    ['o'.repeat(65), expect.stringMatching(/^!-[\w-]{43}\/$/)],
  ])('of %j is %j', (owner, prefix) => {
    expect(ownerPrefix('', owner)).toEqual(prefix)
  })

  test('no two owners share one, and each makes a good key', () => {
    const owner = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(owner, owner, (one, other) => {
        fc.pre(Buffer.from(one).compare(Buffer.from(other)) !== 0)
        expect(ownerPrefix('', one)).not.toBe(ownerPrefix('', other))
        expect(findKeyFault(defaultKey(ownerPrefix('', one), 'id', 'a'))).toBeUndefined()
        expect(ownerPrefix('', one).length).toBeLessThanOrEqual(65)
      }),
      { numRuns: 2000 },
    )
  })
})

test.each([
  [undefined, 'must be a string, got undefined'],
  ['', 'must not be empty'],
  ['ü'.repeat(513), 'must have at most 1024 bytes, got 1026'],
  ['a\nb', 'must not hold control characters'],
  ['\uD800', 'must not hold control characters or lone surrogates'],
  ['/a', 'must not start with a slash'],
  ['a/../b', 'must not hold . or .. segments'],
  ['a/.', 'must not hold . or .. segments'],
  ['a/$'.concat('{filename}'), 'must not hold the form variable'],
])('the key %j is refused', (key, fault) => {
  expect(findKeyFault(key)).toContain(fault)
})

test('a key with spaces, Unicode and dots in names is fine', () => {
  expect(findKeyFault('Ada L./año 1/..a/b..')).toBeUndefined()
})
