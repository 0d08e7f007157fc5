// Sizes, speeds and times in words.

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** Such as `43.5 MiB`. */
export function describeSize(bytes: number): string {
  let [value, unit] = [bytes, 0]
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1]
  return `${value >= 100 || unit === 0 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const steps = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', Number.POSITIVE_INFINITY],
] as const

/** Such as `3 minutes ago`. */
export function describeAge(since: Date): string {
  let value = Math.round((since.getTime() - Date.now()) / 1000)
  for (const [unit, perNext] of steps) {
    if (Math.abs(value) < perNext) return value === 0 ? 'just now' : relative.format(value, unit)
    value = Math.round(value / perNext)
  }
  return ''
}

/** Such as `1 upload`, `2 uploads`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
