// When an entry is due: often at first, when most uploads end, then less and less often.
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const FIRST_MINUTES = [1, 2, 4, 8, 15]

/**
 * Whether an entry is due: 1, 2, 4, 8 and 15 minutes after its creation, then every 15 minutes, after a day every hour.
 *
 * @param since start of the last look at the journal; all times in milliseconds since 1970
 */
export function isDue(madeAt: number, since: number, now: number): boolean {
  return countLooks(now - madeAt) > countLooks(since - madeAt)
}

/** How often an entry of this age has been due. */
function countLooks(ageMs: number): number {
  const minutes = ageMs / MINUTE_MS
  const first = FIRST_MINUTES.filter((due) => due <= minutes).length
  const quarters = Math.max(0, Math.floor(Math.min(ageMs, DAY_MS) / (15 * MINUTE_MS)) - 1)
  const hours = Math.max(0, Math.floor((ageMs - DAY_MS) / (60 * MINUTE_MS)))
  return first + quarters + hours
}
