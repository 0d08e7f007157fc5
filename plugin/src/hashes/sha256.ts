// SHA-256 (FIPS 180-4, section 6.2), because WebCrypto's wants the whole message in memory.
import { type Hash, pad, toBytes } from './hasher.js'

const CONSTANTS = Int32Array.from([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
])

/** Starts a SHA-256. */
export function sha256(): Hash {
  const state = Int32Array.from([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ])
  return {
    mix: (view, start, end) => mix(state, view, start, end),
    finish(rest, length) {
      const last = pad(rest, length, false)
      mix(state, last, 0, last.byteLength)
      return toBytes(state, false)
    },
  }
}

function mix(state: Int32Array, view: DataView, start: number, end: number): void {
  const schedule = new Int32Array(64)
  for (let at = start; at < end; at += 64) {
    for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(at + 4 * t)
    for (let t = 16; t < 64; t++) {
      const near = sigma1(word(schedule, t - 2)) + word(schedule, t - 7)
      schedule[t] = near + sigma0(word(schedule, t - 15)) + word(schedule, t - 16)
    }
    let a = word(state, 0)
    let b = word(state, 1)
    let c = word(state, 2)
    let d = word(state, 3)
    let e = word(state, 4)
    let f = word(state, 5)
    let g = word(state, 6)
    let h = word(state, 7)
    for (let t = 0; t < 64; t++) {
      const t1 = (h + bigSigma1(e) + choose(e, f, g) + word(CONSTANTS, t) + word(schedule, t)) | 0
      const t2 = (bigSigma0(a) + majority(a, b, c)) | 0
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    state[0] = word(state, 0) + a
    state[1] = word(state, 1) + b
    state[2] = word(state, 2) + c
    state[3] = word(state, 3) + d
    state[4] = word(state, 4) + e
    state[5] = word(state, 5) + f
    state[6] = word(state, 6) + g
    state[7] = word(state, 7) + h
  }
}

function word(words: Int32Array, index: number): number {
  return words[index] as number
}

function rotate(x: number, bits: number): number {
  return (x >>> bits) | (x << -bits)
}

function choose(x: number, y: number, z: number): number {
  return z ^ (x & (y ^ z))
}

function majority(x: number, y: number, z: number): number {
  return (x & y) | (z & (x | y))
}

function bigSigma0(x: number): number {
  return rotate(x, 2) ^ rotate(x, 13) ^ rotate(x, 22)
}

function bigSigma1(x: number): number {
  return rotate(x, 6) ^ rotate(x, 11) ^ rotate(x, 25)
}

function sigma0(x: number): number {
  return rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)
}

function sigma1(x: number): number {
  return rotate(x, 17) ^ rotate(x, 19) ^ (x >>> 10)
}
