import { expect, test } from 'vitest'
import { describeRefusal } from '../../../server/core/src/quota/describe-refusal.js'
import type { QuotaLimits, QuotaRefusal } from '../../../server/core/src/quota/quota-store.js'

const KIB = 1024
const GIB = 1024 ** 3
const HOUR = 3600
const DAY = 24 * HOUR

const limits: QuotaLimits = {
  files: 20,
  bytes: 100 * GIB,
  unfinished: 5,
  windowSeconds: DAY,
  unfinishedSeconds: 7 * DAY,
}
const tell = (limit: QuotaRefusal['limit'], retryAfterSeconds?: number, more: Partial<QuotaLimits> = {}) =>
  describeRefusal({ limit, retryAfterSeconds }, { ...limits, ...more })

test('files', () => {
  expect(tell('files', 3 * HOUR)).toBe(
    'You have uploaded 20 files in 24 hours, which is the limit. Try again in 3 hours.',
  )
  expect(tell('files', 1, { files: 1 })).toBe(
    'You have uploaded 1 file in 24 hours, which is the limit. Try again in 1 second.',
  )
  expect(tell('files', 60, { files: 1234, windowSeconds: HOUR })).toBe(
    'You have uploaded 1,234 files in 1 hour, which is the limit. Try again in 1 minute.',
  )
})

test('bytes', () => {
  expect(tell('bytes', 3 * HOUR)).toBe(
    'This file would exceed the 100 GiB that you may upload in 24 hours. Try again in 3 hours.',
  )
  expect(tell('bytes', undefined, { bytes: 10 * GIB })).toBe(
    'This file is larger than the 10 GiB that you may upload in 24 hours.',
  )
})

test('unfinished uploads', () => {
  expect(tell('unfinished')).toBe(
    'You have 5 unfinished uploads, the most at once. Finish or cancel one first.',
  )
  expect(tell('unfinished', undefined, { unfinished: 1 })).toBe(
    'You have 1 unfinished upload, the most at once. Finish or cancel it first.',
  )
})

test.each([
  [1, '1 byte'],
  [1023, '1,023 bytes'],
  [KIB, '1 KiB'],
  [KIB ** 2 - 1, '1,023.99 KiB'],
  [1.5 * GIB, '1.5 GiB'],
  [10e9, '9.31 GiB'],
  [48 * KIB ** 4, '48 TiB'],
  [5000 * KIB ** 5, '5,000 PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(tell('bytes', undefined, { bytes })).toContain(` the ${text} that `)
})

test.each([
  [1, '1 second'],
  [90, '90 seconds'],
  [600, '10 minutes'],
  [HOUR, '1 hour'],
  [1.5 * HOUR, '90 minutes'],
  [DAY, '24 hours'],
  [1.5 * DAY, '36 hours'],
  [2 * DAY, '2 days'],
  [30 * DAY, '30 days'],
])('a window of %d seconds is %s', (windowSeconds, text) => {
  expect(tell('bytes', undefined, { windowSeconds })).toMatch(new RegExp(` in ${text}\\.$`))
})

test.each([
  [2, '2 seconds'],
  [119, '119 seconds'],
  [121, '3 minutes'],
  [HOUR - 1, '60 minutes'],
  [HOUR, '1 hour'],
  [HOUR + 1, '61 minutes'],
  [2 * HOUR + 1, '3 hours'],
  [DAY, '24 hours'],
  [DAY + 1, '25 hours'],
  [2 * DAY, '2 days'],
  [3 * DAY + 1, '4 days'],
])('a wait of %d seconds is %s', (seconds, text) => {
  expect(tell('files', seconds)).toMatch(new RegExp(` Try again in ${text}\\.$`))
})
