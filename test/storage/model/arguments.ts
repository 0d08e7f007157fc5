// What operations are called with: few keys, so that they meet, and texts that S3's lists order and cut in every way.
import fc from 'fast-check'
import {
  type Algorithm,
  algorithms,
  bytesOf,
  type Content,
  defaultAlgorithm,
  digestOf,
  md5Of,
} from './content.js'
import type { Checksum, Description, Model, Pick } from './s3-model.js'

// In the order of UTF-8, where the last two are the other way round than in UTF-16.
export const key = fc.constantFrom(
  'a',
  'a/',
  'a/b',
  'a/b/c',
  'a/c',
  'a0',
  'b +%&<é',
  '\u{ffee}',
  '\u{1f680}/x',
)
/** Mostly of what there is, as little can be learned from what is not. */
export const pick: fc.Arbitrary<Pick> = fc.record({
  isThere: fc.oneof({ arbitrary: fc.constant(true), weight: 8 }, fc.constant(false)),
  nth: fc.oneof(fc.nat(1), fc.nat(9)),
})
export const prefix = fc.constantFrom('', '', 'a', 'a/', 'a/b', '\u{1f680}', 'none')
export const delimiter = fc.constantFrom('', '/', 'b', '/b')
export const pageSize = fc.constantFrom(undefined, 1, 2, 3, 0)

export const description: fc.Arbitrary<Description> = fc.record(
  {
    contentType: fc.constantFrom('text/plain', 'image/png'),
    metadata: fc.constantFrom({ one: '1' }, { two: 'a, b', 'with-dash': 'x' }),
  },
  { requiredKeys: [] },
)

export function describedBy({ contentType, metadata }: Description): {
  ContentType?: string | undefined
  Metadata?: Record<string, string> | undefined
} {
  return { ContentType: contentType, Metadata: metadata }
}

/** A checksum that a request declares; the wrong one is that of other bytes. */
export interface Declared {
  algorithm: Algorithm | 'MD5'
  isWrong: boolean
}

export const declared: fc.Arbitrary<Declared | undefined> = fc.option(
  fc.record({
    algorithm: fc.constantFrom(...algorithms, 'MD5' as const),
    isWrong: fc.oneof({ arbitrary: fc.constant(false), weight: 6 }, fc.constant(true)),
  }),
  { nil: undefined, freq: 2 },
)

/** The parameter of a request that declares the checksum. */
export function declare(
  { algorithm, isWrong }: Declared,
  content: Content,
): Partial<Record<'ContentMD5' | `Checksum${Algorithm}`, string>> {
  const bytes = isWrong ? Buffer.from('other bytes') : bytesOf([content])
  if (algorithm === 'MD5') return { ContentMD5: md5Of(bytes).toString('base64') }
  return { [`Checksum${algorithm}`]: digestOf(algorithm, bytes).toString('base64') }
}

/** What S3 computes of the contents: with its own algorithm where it is told none. */
export function checksumOf(
  { hasDefaultChecksums }: Readonly<Model>,
  algorithm: Algorithm | 'MD5' | undefined,
  contents: Content[],
): Checksum | undefined {
  const kept = algorithm === undefined || algorithm === 'MD5' ? defaultAlgorithm : algorithm
  if (kept === defaultAlgorithm && !hasDefaultChecksums) return undefined
  return { algorithm: kept, value: digestOf(kept, bytesOf(contents)).toString('base64') }
}

/** All that a reply has. */
export function checksumsIn(reply: Partial<Record<`Checksum${Algorithm}`, string | undefined>>): Checksum[] {
  return [...algorithms, defaultAlgorithm].flatMap((algorithm: Algorithm) => {
    const value = reply[`Checksum${algorithm}`]
    return value === undefined ? [] : [{ algorithm, value }]
  })
}

/** The same of what there is. */
export const all = (checksum: Checksum | undefined): Checksum[] => (checksum ? [checksum] : [])
