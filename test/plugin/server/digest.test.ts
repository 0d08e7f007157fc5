// Digests as others compute them, with WebCrypto and where an insecure origin has none.
import { afterEach, expect, it, vi } from 'vitest'
import { digest } from '../../../plugin/src/server/digest.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

const bytes = (text: string) => new TextEncoder().encode(text)

it('SHA-256 (FIPS 180-4)', async () => {
  expect(await digest(bytes('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

it.each([
  ['', '6c62272e07bb014262b821756295c58d'],
  ['a', 'd228cb696f1a8caf78912b704e4a8964'],
])('FNV-1a of %j, by its authors’ test suite', async (text, expected) => {
  vi.stubGlobal('crypto', {})
  expect(await digest(bytes(text))).toBe(expected)
})
