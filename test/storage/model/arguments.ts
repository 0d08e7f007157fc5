// What operations are called with: few keys, so that they meet, and texts that S3's lists order and cut in every way.
import fc from 'fast-check'
import { type Algorithm, algorithms, bytesOf, type Content, digestOf, md5Of } from './content.js'
import type { Checksum, Description, Pick } from './s3-model.js'

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

/** What S3 keeps of it. */
export function keptChecksum(declared: Declared | undefined, content: Content): Checksum | undefined {
  if (!declared || declared.algorithm === 'MD5') return undefined
  const { algorithm } = declared
  return { algorithm, value: digestOf(algorithm, bytesOf([content])).toString('base64') }
}

/** The checksum that a reply has, if it has to have one. */
export function checksumIn(
  reply: Partial<Record<`Checksum${Algorithm}`, string | undefined>>,
  algorithm: Algorithm | 'MD5' | undefined,
): string | undefined {
  return algorithm === undefined || algorithm === 'MD5' ? undefined : reply[`Checksum${algorithm}`]
}
