// The message for a user whose quota is used up.
import type { QuotaLimits, QuotaRefusal } from './quota-store.js'

/** The reason and the remedy, in one or two sentences with readable units. */
export function describeRefusal(
  { limit, retryAfterSeconds }: QuotaRefusal,
  { files = 0, bytes = 0, unfinished = 0, windowSeconds }: QuotaLimits,
): string {
  const window = formatWindow(windowSeconds)
  const wait = retryAfterSeconds === undefined ? '' : ` Try again in ${formatWait(retryAfterSeconds)}.`
  switch (limit) {
    case 'files':
      return `You have uploaded ${count(files, 'file')} in ${window}, which is the limit.${wait}`
    case 'bytes':
      return wait === ''
        ? `This file is larger than the ${formatBytes(bytes)} that you may upload in ${window}.`
        : `This file would exceed the ${formatBytes(bytes)} that you may upload in ${window}.${wait}`
    case 'unfinished':
      return `You have ${count(unfinished, 'unfinished upload')}, the most at once. Finish or cancel ${
        unfinished === 1 ? 'it' : 'one'
      } first.`
  }
}

type TimeUnit = 'day' | 'hour' | 'minute' | 'second'

const timeUnits: [unit: TimeUnit, seconds: number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/** Exact. */
function formatWindow(seconds: number): string {
  return formatTime(seconds, (length) => seconds % length === 0)
}

/** Rounded up, in a unit of which there are at least two: `90 minutes`, then `3 hours`. */
function formatWait(seconds: number): string {
  return formatTime(seconds, (length) => seconds >= 2 * length || seconds === length)
}

// A single day reads `24 hours`, because it does not begin at midnight.
function formatTime(seconds: number, fits: (unitSeconds: number) => boolean): string {
  const isSingleDay = (length: number) => length === 86_400 && seconds < 2 * length
  const [unit, length] = timeUnits.find(([, length]) => fits(length) && !isSingleDay(length)) ?? ['second', 1]
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.ceil(seconds / length),
  )
}

const byteUnits = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Rounded down to hundredths, so that a file of the stated size fits. */
function formatBytes(bytes: number): string {
  if (bytes < 1024) return count(bytes, 'byte')
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), byteUnits.length)
  const hundredths = Math.floor((bytes / 1024 ** power) * 100)
  return `${(hundredths / 100).toLocaleString('en')} ${byteUnits[power - 1]}`
}

function count(amount: number, what: string): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? what : `${what}s`}`
}
