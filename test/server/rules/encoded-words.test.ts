// RFC 2047: what stores return is read whatever they made of it, and what is written comes back as it was.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMetadata, describeObject } from '../../../server/core/src/rules/object-headers.js'

const read = (value: string) => decodeMetadata({ name: value }).name

function write(text: string): string {
  const file = { id: 'uuid', name: 'a', type: '', metadata: { name: text } }
  return describeObject(file, {}, 100_000).metadata.name ?? ''
}

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64')
const q = (bytes: Uint8Array) => [...bytes].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join('')
const crown = Buffer.from('👑')

describe('reading', () => {
  test.each([
    ['plain', 'plain'],
    ['=?UTF-8?B?w5ZsIA==?=', 'Öl '],
    ['=?utf-8?b?w5ZsIA==?=', 'Öl '],
    // Recorded from AWS
    ['=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=', 'test_—_file%E2%80%94_é_2?.pdf'],
    ['=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=', 'ÄMÄZÕÑ S3'],
    ['=?UTF-8?Q?leted_the_=E2=80=9CFinding_Vocal_?= =?UTF-8?Q?Freedom?=', 'leted the “Finding Vocal Freedom'],
    ['=?UTF-8?Q?a?=\r\n\t=?UTF-8?Q?b?==?UTF-8?B?Yw==?=', 'abc'],
    // A character in two words
    [`=?UTF-8?B?${base64(crown.subarray(0, 2))}?= =?UTF-8?B?${base64(crown.subarray(2))}?=`, '👑'],
    [`=?UTF-8?Q?${q(crown.subarray(0, 3))}?= =?utf-8*en?B?${base64(crown.subarray(3))}?=`, '👑'],
    ['=?ISO-8859-1?Q?Andr=E9?= =?UTF-8?Q?_=C3=A9?=', 'André é'],
    ['=?ISO-2022-JP?B?GyRCJCIbKEI=?=', 'あ'],
    ['a =?UTF-8?Q?=C3=A9?=  b', 'a é  b'],
    ['=?UTF-8?B??=', ''],
  ])('%j', (value, text) => {
    expect(read(value)).toBe(text)
  })

  test.each(['=?', '=?UTF-8?B?', '=?UTF-8?X?eA==?=', '=?UTF-8?Q?a b?=', '=?x-unknown?Q?a?=', '=??Q?a?='])(
    '%j is no word',
    (value) => {
      expect(read(value)).toBe(value)
    },
  )
})

describe('what is written comes back', () => {
  const pieces = [
    '=?UTF-8?B?eA==?=',
    '=?UTF-8?Q?x?=',
    '=?',
    '?=',
    '=',
    '_',
    ' ',
    '  ',
    '\r\n',
    '\t',
    '\0',
  ].concat(['👑', 'é', '漢', '\u2060', '\uFEFF', '\uFFFD', '${', 'plain', 'x'.repeat(300), '=41'])
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 5 })), {
      minLength: 1,
      maxLength: 12,
    })
    .map((parts) => parts.join(''))
    .filter((joined) => joined !== '')
  const runs = { numRuns: 2000 }

  test('from a store that keeps values as they are', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(write(value)).toMatch(/^[!-~](?:[ -~]*[!-~])?$/)
        expect(read(write(value))).toBe(value)
      }),
      runs,
    )
  })

  test('from AWS, which decodes them, and encodes again what is not ASCII', () => {
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('Q', 'B'),
        fc.integer({ min: 4, max: 60 }),
        (value, encoding, length) => {
          expect(read(fromAws(write(value), encoding, length))).toBe(value)
        },
      ),
      runs,
    )
  })

  /** Words hold whole characters, and HTTP trims. Amazon S3 User Guide, "Working with object metadata". */
  function fromAws(header: string, encoding: 'Q' | 'B', wordBytes: number): string {
    const [, word = ''] = /^=\?UTF-8\?B\?(.*)\?=$/.exec(header) ?? []
    const stored = word === '' ? header : Buffer.from(word, 'base64').toString()
    if (/^\p{ASCII}*$/u.test(stored)) return stored.trim()
    const words = ['']
    for (const character of stored) {
      if (Buffer.byteLength((words.at(-1) ?? '') + character) > wordBytes) words.push('')
      words.push((words.pop() ?? '') + character)
    }
    const encode = (part: string) => (encoding === 'B' ? base64(part) : q(Buffer.from(part)))
    return words.map((part) => `=?UTF-8?${encoding}?${encode(part)}?=`).join(' ')
  }
})
