import fc from 'fast-check'
import { createCRC64 } from 'hash-wasm'
import { describe, expect, it } from 'vitest'
import { combineCrc64nvme as combine } from '../../../plugin/src/checksums/combine-checksums.js'

const GiB = 1024 ** 3

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

const hasher = await createCRC64('9a6c9329ac4bc9b5')

describe('combining crc64nvme', () => {
  const checksum = (data: Uint8Array) => base64(hasher.init().update(data).digest('binary'))
  const aChecksum = fc.uint8Array({ minLength: 8, maxLength: 8 }).map(base64)

  it('gives the checksum of the whole, wherever it is cut', () => {
    const data = fc.uint8Array({ minLength: 0, maxLength: 2000 })
    const cuts = fc.array(fc.nat(2000), { maxLength: 10 })
    fc.assert(
      fc.property(data, cuts, (whole, at) => {
        const edges = [0, ...at.map((cut) => Math.min(cut, whole.length)), whole.length].sort((a, b) => a - b)
        const parts = edges.slice(1).map((end, index) => whole.subarray(edges[index], end))
        expect(combine(parts.map((part) => ({ checksum: checksum(part), size: part.length })))).toBe(
          checksum(whole),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('of parts as large as S3 takes them does not depend on the order of combining', () => {
    const part = fc.record({ checksum: aChecksum, size: fc.integer({ min: 0, max: 5 * GiB }) })
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        const lastTwo = { checksum: combine([b, c]), size: b.size + c.size }
        expect(combine([a, lastTwo])).toBe(combine([a, b, c]))
      }),
    )
  })

  it('of one part is its own, and of none that of nothing', () => {
    const only = { checksum: checksum(Buffer.from('123456789')), size: 9 }
    expect(combine([only])).toBe(only.checksum)
    expect(combine([])).toBe(checksum(new Uint8Array()))
  })

  it('of 10,000 parts of 5 GiB', () => {
    const zeros = { checksum: checksum(new Uint8Array()), size: 5 * GiB }
    expect(combine(Array(10_000).fill(zeros))).toBe(zeros.checksum)
  })
})
