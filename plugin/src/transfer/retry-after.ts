// When a server allows the next try.

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, section 10.2.3). 0 for none. */
export function parseRetryAfter(value: string | null | undefined): number {
  if (!value) return 0
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? 0 : Math.max(ms, 0)
}
