import { describe, expect, it } from 'vitest'
import { ClientError, TryFailure } from '../../plugin/src/errors.js'
import { Pace } from '../../plugin/src/transfer/pace.js'

const LIMIT = 6
const lost = new TryFailure(new ClientError('network_error', { host: 's3' }))
const busy = new TryFailure(
  new ClientError('storage_unavailable', { host: 's3', status: 503 }, { status: 503 }),
)
const expired = new TryFailure(new ClientError('grant_expired', { host: 's3' }), { atOnce: true })

/** What happens to transfers, one after the other. */
function afterwards(pace: Pace, ...ends: (unknown | 'ok')[]): number {
  for (const end of ends) {
    const transfer = pace.started(LIMIT)
    if (end === 'ok') transfer.succeeded()
    else transfer.failed(end)
  }
  return pace.slots(LIMIT)
}
const times = <Item>(count: number, item: Item) => Array<Item>(count).fill(item)

describe('Pace', () => {
  it('is as fast as allowed while all goes well', () => {
    expect(afterwards(new Pace(), ...times(10, 'ok'))).toBe(LIMIT)
  })

  it('halves when S3 asks for it, once for all that were under way, and comes back step by step', () => {
    const pace = new Pace()
    const underWay = Array.from({ length: LIMIT }, () => pace.started(LIMIT))
    for (const transfer of underWay) transfer.failed(busy)
    expect(pace.slots(LIMIT)).toBe(3)
    expect(afterwards(pace, busy)).toBe(1)
    expect(afterwards(pace, busy)).toBe(1)
    const slots = Array.from({ length: 20 }, () => afterwards(pace, 'ok'))
    expect(slots.slice(0, 4)).toEqual([2, 2, 2, 3])
    expect(slots.every((count, index) => index === 0 || count - (slots[index - 1] ?? 0) <= 1)).toBe(true)
    expect(slots.at(-1)).toBe(LIMIT)
  })

  it('halves when nothing gets through, so that a part has the line to itself in the end', () => {
    const pace = new Pace()
    expect(afterwards(pace, ...times(5, lost))).toBe(6)
    expect(afterwards(pace, lost)).toBe(3)
    expect(afterwards(pace, ...times(3, lost))).toBe(1)
    expect(afterwards(pace, ...times(9, lost))).toBe(1)
  })

  it('is not slowed down by single failures among successes, nor by what is no failure of the way', () => {
    const pace = new Pace()
    expect(afterwards(pace, ...times(20, [lost, lost, 'ok']).flat())).toBe(LIMIT)
    expect(afterwards(pace, ...times(20, expired), ...times(20, new Error('aborted')))).toBe(LIMIT)
  })

  it('keeps to a limit that is lowered', () => {
    expect(new Pace().slots(1)).toBe(1)
  })
})
