// MD5 (RFC 1321, section 3.4). The 64 steps are written out, and call only functions small enough to be inlined: this way
// engines run it as fast as WebAssembly. A loop over the steps takes four times as long.
import { BLOCK_BYTES, type Hash, toBytes } from './hasher.js'

/** Starts an MD5. */
export function md5(): Hash {
  const state = Int32Array.from([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476])
  return {
    mix: (view, start, end) => mix(state, view, start, end),
    finish(rest, length) {
      const last = pad(rest, length)
      mix(state, last, 0, last.byteLength)
      return toBytes(state, true)
    },
  }
}

/** MD5's last blocks: the rest, a one bit, zeros, and the message's length in bits. */
function pad(rest: Uint8Array, length: number): DataView {
  const lengthAt = rest.length < BLOCK_BYTES - 8 ? BLOCK_BYTES - 8 : 2 * BLOCK_BYTES - 8
  const padded = new Uint8Array(lengthAt + 8)
  padded.set(rest)
  padded[rest.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(lengthAt, BigInt(length) * 8n, true)
  return view
}

function mix(state: Int32Array, view: DataView, start: number, end: number): void {
  let a0 = state[0] as number
  let b0 = state[1] as number
  let c0 = state[2] as number
  let d0 = state[3] as number
  for (let at = start; at < end; at += 64) {
    const x0 = view.getInt32(at, true)
    const x1 = view.getInt32(at + 4, true)
    const x2 = view.getInt32(at + 8, true)
    const x3 = view.getInt32(at + 12, true)
    const x4 = view.getInt32(at + 16, true)
    const x5 = view.getInt32(at + 20, true)
    const x6 = view.getInt32(at + 24, true)
    const x7 = view.getInt32(at + 28, true)
    const x8 = view.getInt32(at + 32, true)
    const x9 = view.getInt32(at + 36, true)
    const x10 = view.getInt32(at + 40, true)
    const x11 = view.getInt32(at + 44, true)
    const x12 = view.getInt32(at + 48, true)
    const x13 = view.getInt32(at + 52, true)
    const x14 = view.getInt32(at + 56, true)
    const x15 = view.getInt32(at + 60, true)
    let a = a0
    let b = b0
    let c = c0
    let d = d0

    a = rotate(f(b, c, d) + sum(a, x0, 0xd76aa478), 7, b)
    d = rotate(f(a, b, c) + sum(d, x1, 0xe8c7b756), 12, a)
    c = rotate(f(d, a, b) + sum(c, x2, 0x242070db), 17, d)
    b = rotate(f(c, d, a) + sum(b, x3, 0xc1bdceee), 22, c)
    a = rotate(f(b, c, d) + sum(a, x4, 0xf57c0faf), 7, b)
    d = rotate(f(a, b, c) + sum(d, x5, 0x4787c62a), 12, a)
    c = rotate(f(d, a, b) + sum(c, x6, 0xa8304613), 17, d)
    b = rotate(f(c, d, a) + sum(b, x7, 0xfd469501), 22, c)
    a = rotate(f(b, c, d) + sum(a, x8, 0x698098d8), 7, b)
    d = rotate(f(a, b, c) + sum(d, x9, 0x8b44f7af), 12, a)
    c = rotate(f(d, a, b) + sum(c, x10, 0xffff5bb1), 17, d)
    b = rotate(f(c, d, a) + sum(b, x11, 0x895cd7be), 22, c)
    a = rotate(f(b, c, d) + sum(a, x12, 0x6b901122), 7, b)
    d = rotate(f(a, b, c) + sum(d, x13, 0xfd987193), 12, a)
    c = rotate(f(d, a, b) + sum(c, x14, 0xa679438e), 17, d)
    b = rotate(f(c, d, a) + sum(b, x15, 0x49b40821), 22, c)

    a = rotate(g(b, c, d) + sum(a, x1, 0xf61e2562), 5, b)
    d = rotate(g(a, b, c) + sum(d, x6, 0xc040b340), 9, a)
    c = rotate(g(d, a, b) + sum(c, x11, 0x265e5a51), 14, d)
    b = rotate(g(c, d, a) + sum(b, x0, 0xe9b6c7aa), 20, c)
    a = rotate(g(b, c, d) + sum(a, x5, 0xd62f105d), 5, b)
    d = rotate(g(a, b, c) + sum(d, x10, 0x02441453), 9, a)
    c = rotate(g(d, a, b) + sum(c, x15, 0xd8a1e681), 14, d)
    b = rotate(g(c, d, a) + sum(b, x4, 0xe7d3fbc8), 20, c)
    a = rotate(g(b, c, d) + sum(a, x9, 0x21e1cde6), 5, b)
    d = rotate(g(a, b, c) + sum(d, x14, 0xc33707d6), 9, a)
    c = rotate(g(d, a, b) + sum(c, x3, 0xf4d50d87), 14, d)
    b = rotate(g(c, d, a) + sum(b, x8, 0x455a14ed), 20, c)
    a = rotate(g(b, c, d) + sum(a, x13, 0xa9e3e905), 5, b)
    d = rotate(g(a, b, c) + sum(d, x2, 0xfcefa3f8), 9, a)
    c = rotate(g(d, a, b) + sum(c, x7, 0x676f02d9), 14, d)
    b = rotate(g(c, d, a) + sum(b, x12, 0x8d2a4c8a), 20, c)

    a = rotate(h(b, c, d) + sum(a, x5, 0xfffa3942), 4, b)
    d = rotate(h(a, b, c) + sum(d, x8, 0x8771f681), 11, a)
    c = rotate(h(d, a, b) + sum(c, x11, 0x6d9d6122), 16, d)
    b = rotate(h(c, d, a) + sum(b, x14, 0xfde5380c), 23, c)
    a = rotate(h(b, c, d) + sum(a, x1, 0xa4beea44), 4, b)
    d = rotate(h(a, b, c) + sum(d, x4, 0x4bdecfa9), 11, a)
    c = rotate(h(d, a, b) + sum(c, x7, 0xf6bb4b60), 16, d)
    b = rotate(h(c, d, a) + sum(b, x10, 0xbebfbc70), 23, c)
    a = rotate(h(b, c, d) + sum(a, x13, 0x289b7ec6), 4, b)
    d = rotate(h(a, b, c) + sum(d, x0, 0xeaa127fa), 11, a)
    c = rotate(h(d, a, b) + sum(c, x3, 0xd4ef3085), 16, d)
    b = rotate(h(c, d, a) + sum(b, x6, 0x04881d05), 23, c)
    a = rotate(h(b, c, d) + sum(a, x9, 0xd9d4d039), 4, b)
    d = rotate(h(a, b, c) + sum(d, x12, 0xe6db99e5), 11, a)
    c = rotate(h(d, a, b) + sum(c, x15, 0x1fa27cf8), 16, d)
    b = rotate(h(c, d, a) + sum(b, x2, 0xc4ac5665), 23, c)

    a = rotate(i(b, c, d) + sum(a, x0, 0xf4292244), 6, b)
    d = rotate(i(a, b, c) + sum(d, x7, 0x432aff97), 10, a)
    c = rotate(i(d, a, b) + sum(c, x14, 0xab9423a7), 15, d)
    b = rotate(i(c, d, a) + sum(b, x5, 0xfc93a039), 21, c)
    a = rotate(i(b, c, d) + sum(a, x12, 0x655b59c3), 6, b)
    d = rotate(i(a, b, c) + sum(d, x3, 0x8f0ccc92), 10, a)
    c = rotate(i(d, a, b) + sum(c, x10, 0xffeff47d), 15, d)
    b = rotate(i(c, d, a) + sum(b, x1, 0x85845dd1), 21, c)
    a = rotate(i(b, c, d) + sum(a, x8, 0x6fa87e4f), 6, b)
    d = rotate(i(a, b, c) + sum(d, x15, 0xfe2ce6e0), 10, a)
    c = rotate(i(d, a, b) + sum(c, x6, 0xa3014314), 15, d)
    b = rotate(i(c, d, a) + sum(b, x13, 0x4e0811a1), 21, c)
    a = rotate(i(b, c, d) + sum(a, x4, 0xf7537e82), 6, b)
    d = rotate(i(a, b, c) + sum(d, x11, 0xbd3af235), 10, a)
    c = rotate(i(d, a, b) + sum(c, x2, 0x2ad7d2bb), 15, d)
    b = rotate(i(c, d, a) + sum(b, x9, 0xeb86d391), 21, c)

    a0 = (a0 + a) | 0
    b0 = (b0 + b) | 0
    c0 = (c0 + c) | 0
    d0 = (d0 + d) | 0
  }
  state.set([a0, b0, c0, d0])
}

function f(x: number, y: number, z: number): number {
  return z ^ (x & (y ^ z))
}

function g(x: number, y: number, z: number): number {
  return y ^ (z & (x ^ y))
}

function h(x: number, y: number, z: number): number {
  return x ^ y ^ z
}

function i(x: number, y: number, z: number): number {
  return y ^ (x | ~z)
}

function sum(a: number, x: number, constant: number): number {
  return (a + x + constant) | 0
}

function rotate(x: number, bits: number, plus: number): number {
  return (((x << bits) | (x >>> -bits)) + plus) | 0
}
