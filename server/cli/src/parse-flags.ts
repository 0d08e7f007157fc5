// Checks the values of flags, and turns them into what the functions take.
import { InvalidArgumentError } from 'commander'

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** A whole number and its unit: `30m`, `12h`, `7d`, `2w`. @returns milliseconds */
export function parseDuration(value: string): number {
  const [, number, unit] = /^(\d{1,6})([smhdw])$/.exec(value) ?? []
  if (number === undefined) {
    throw new InvalidArgumentError('It must be a whole number with s, m, h, d or w behind it, such as 7d.')
  }
  return Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS]
}

export function parseUrl(value: string): string {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value
  throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:9000.')
}

/** For a flag that can be given several times. */
export function collectOrigins(value: string, before: string[] = []): string[] {
  return [...before, parseOrigin(value)]
}

export function parseOrigin(value: string): string {
  if (URL.canParse(value) && /^https?:/.test(value) && new URL(value).origin === value) return value
  throw new InvalidArgumentError(
    'It must be an origin, which has no path and no slash at its end, such as https://app.example.',
  )
}

export function parseDays(value: string): number {
  const days = Number(value)
  if (/^\d+$/.test(value) && days >= 1 && days <= 3650) return days
  throw new InvalidArgumentError('It must be a number of days from 1 to 3650.')
}
