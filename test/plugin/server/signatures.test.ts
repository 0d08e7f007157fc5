import type { PartToSign } from '@partway/server/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Signatures, type SignedUrl, withLifetime } from '../../../plugin/src/server/signatures.js'

let asked: number[][]
let expiresIn: number

const sign = async (parts: PartToSign[]) => {
  const partNumbers = parts.map(({ partNumber }) => partNumber)
  asked.push(partNumbers)
  return parts.map(({ partNumber, checksum }) => ({
    partNumber,
    url: `${asked.length}/${partNumber}`,
    ...(checksum !== undefined && { headers: { 'x-amz-checksum-crc64nvme': checksum } }),
    expiresIn,
  }))
}
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
const signed = (partNumbers: number[]) =>
  withLifetime(partNumbers.map((partNumber) => ({ partNumber, url: `0/${partNumber}`, expiresIn })))
const never = new AbortController().signal
const always = () => true
/** Nobody waits to be signed together with others. */
function expecting(missing: number[], there: SignedUrl[], signing = sign): Signatures {
  const signatures = new Signatures(signing, never, always)
  signatures.prefetch(missing, there)
  return signatures
}
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await undefined
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  asked = []
  expiresIn = 900
})
afterEach(() => {
  vi.useRealTimers()
})

describe('Signatures', () => {
  it('uses what came with the upload first, and fetches the next window ahead of use', async () => {
    const signatures = expecting(numbers(1, 300), signed(numbers(1, 54)))
    for (const partNumber of numbers(1, 4)) {
      expect((await signatures.take({ partNumber })).urls).toEqual([`0/${partNumber}`])
    }
    expect(asked).toEqual([])
    await signatures.take({ partNumber: 5 })
    await settle()
    expect(asked).toEqual([numbers(55, 154)])
    for (const partNumber of numbers(6, 300)) {
      await signatures.take({ partNumber })
      await settle()
    }
    expect(asked.flat()).toEqual(numbers(55, 300))
    expect(asked.length).toBe(3)
  })

  it('asks for the first window at once where none came', async () => {
    const signatures = expecting(numbers(3, 5), [])
    await settle()
    expect(asked).toEqual([[3, 4, 5]])
    expect((await signatures.take({ partNumber: 3 })).urls).toEqual(['1/3'])
    expect(asked).toHaveLength(1)
  })

  it('signs again who takes again, those of the same tick together', async () => {
    const signatures = expecting([1, 2, 3], signed([1, 2, 3]))
    for (const partNumber of [1, 2, 3]) await signatures.take({ partNumber })
    const again = await Promise.all([signatures.take({ partNumber: 1 }), signatures.take({ partNumber: 3 })])
    expect(again.map(({ urls }) => urls)).toEqual([['1/1'], ['1/3']])
    expect(asked).toEqual([[1, 3]])
  })

  it('does not give out what is about to expire, by a clock that no one sets', async () => {
    const signatures = expecting([1, 2], signed([1, 2]))
    await vi.advanceTimersByTimeAsync(889_000)
    expect((await signatures.take({ partNumber: 1 })).urls).toEqual(['0/1'])
    await vi.advanceTimersByTimeAsync(2000)
    expect((await signatures.take({ partNumber: 2 })).urls).toEqual(['1/2'])
  })

  it('signs a window again in one call when one of it is refused, in the order in which it will be sent', async () => {
    const signatures = expecting(numbers(1, 160), signed(numbers(1, 100)))
    const first = await signatures.take({ partNumber: 1 })
    await signatures.take({ partNumber: 2 })
    first.life.end()
    expect((await signatures.take({ partNumber: 1 })).urls).toEqual(['1/1'])
    expect((await signatures.take({ partNumber: 3 })).urls).toEqual(['1/3'])
    expect(asked).toEqual([[1, ...numbers(3, 101)]])
    for (const partNumber of numbers(4, 160)) await signatures.take({ partNumber })
    expect(asked.slice(1)).toEqual([numbers(102, 160)])
  })

  it('lets a refusal end no other window', async () => {
    const signatures = expecting(numbers(1, 110), signed(numbers(1, 10)))
    await settle()
    const first = await signatures.take({ partNumber: 1 })
    first.life.end()
    expect((await signatures.take({ partNumber: 11 })).urls).toEqual(['1/11'])
  })

  it('hands on what expires at once, instead of asking forever', async () => {
    expiresIn = 0
    await expect(expecting([1], []).take({ partNumber: 1 })).resolves.toMatchObject({ urls: ['1/1'] })
    expect(asked).toHaveLength(1)
  })

  it('fails who waits when signing fails, and forgives a failure ahead of use', async () => {
    let fail = true
    const signatures = expecting(numbers(1, 3), signed([1]), async (parts) => {
      if (fail) throw new Error('no')
      return sign(parts)
    })
    await signatures.take({ partNumber: 1 })
    await settle()
    await expect(signatures.take({ partNumber: 2 })).rejects.toThrow('no')
    fail = false
    await expect(signatures.take({ partNumber: 2 })).resolves.toMatchObject({ partNumber: 2 })
  })

  it('gives all of a part’s URLs', () => {
    const urls = { url: 'https://a/1', alternatives: ['https://b/1', 'https://c/1'] }
    const [first] = withLifetime([{ partNumber: 1, ...urls, expiresIn }])
    expect(first?.urls).toEqual(['https://a/1', 'https://b/1', 'https://c/1'])
  })

  it('signs what has a checksum when it is taken, those of the same tick together', async () => {
    const signatures = new Signatures(sign, never, always)
    const taken = await Promise.all(
      ['a', 'b'].map((checksum, index) => signatures.take({ partNumber: index + 1, checksum })),
    )
    expect(taken.map(({ headers }) => headers)).toEqual([
      { 'x-amz-checksum-crc64nvme': 'a' },
      { 'x-amz-checksum-crc64nvme': 'b' },
    ])
    expect(asked).toEqual([[1, 2]])
  })

  describe('with a checksum, while enough signed parts wait for their slot', () => {
    let isShort: boolean
    const open = (signal = never) => {
      const signatures = new Signatures(sign, signal, () => isShort)
      const taken: number[] = []
      const take = (partNumber: number) =>
        signatures.take({ partNumber, checksum: `${partNumber}` }).then(() => taken.push(partNumber))
      return { signatures, taken, take }
    }

    it('waits for six to be signed together', async () => {
      isShort = false
      const { take, taken } = open()
      for (const partNumber of numbers(1, 5)) void take(partNumber)
      await settle()
      expect(asked).toEqual([])
      void take(6)
      await settle()
      expect(asked).toEqual([numbers(1, 6)])
      expect(taken).toEqual(numbers(1, 6))
    })

    it('waits no longer when they have become few', async () => {
      isShort = false
      const { signatures, take, taken } = open()
      void take(1)
      void take(2)
      signatures.started()
      await settle()
      expect(asked).toEqual([])
      isShort = true
      signatures.started()
      await settle()
      expect(asked).toEqual([[1, 2]])
      expect(taken).toEqual([1, 2])
    })

    it('takes those along who came while a call was under way', async () => {
      isShort = true
      const { signatures, take, taken } = open()
      void take(1)
      await undefined
      await undefined
      isShort = false
      void take(2)
      await settle()
      expect(taken).toEqual([1])
      isShort = true
      signatures.started()
      await settle()
      expect(asked).toEqual([[1], [2]])
      expect(taken).toEqual([1, 2])
    })

    it('ends the waiting when the file is stopped', async () => {
      isShort = false
      const stop = new AbortController()
      const { take } = open(stop.signal)
      const waiting = take(1)
      await settle()
      stop.abort(new Error('paused'))
      await expect(waiting).rejects.toThrow('paused')
      expect(asked).toEqual([])
    })
  })
})
