import { describe, expect, it } from 'vitest'
import { ClientError, TryFailure } from '../../../plugin/src/errors.js'
import { HostSlots } from '../../../plugin/src/transfer/host-slots.js'

const LIMIT = 6
const lost = new TryFailure(new ClientError('network_error', { host: 's3' }))
const busy = new TryFailure(
  new ClientError('storage_unavailable', { host: 's3', status: 503 }, { status: 503 }),
)
const expired = new TryFailure(new ClientError('grant_expired', { host: 's3' }), { atOnce: true })

const newHost = () => new HostSlots({ successes: 0 })

/** What happens to transfers, one after the other. */
function afterwards(host: HostSlots, ...ends: (unknown | 'ok')[]): number {
  for (const end of ends) {
    const release = host.take(LIMIT)
    if (end === 'ok') release()
    else release({ error: end })
  }
  return host.slots(LIMIT)
}
const times = <Item>(count: number, item: Item) => Array<Item>(count).fill(item)

describe('the slots of a host', () => {
  it('are as many as allowed while all goes well', () => {
    expect(afterwards(newHost(), ...times(10, 'ok'))).toBe(LIMIT)
  })

  it('halve when S3 asks for it, once for all that were under way, and come back step by step', () => {
    const host = newHost()
    const underWay = Array.from({ length: LIMIT }, () => host.take(LIMIT))
    for (const release of underWay) release({ error: busy })
    expect(host.slots(LIMIT)).toBe(3)
    expect(afterwards(host, busy)).toBe(1)
    expect(afterwards(host, busy)).toBe(1)
    const slots = Array.from({ length: 20 }, () => afterwards(host, 'ok'))
    expect(slots.slice(0, 4)).toEqual([2, 2, 2, 3])
    expect(slots.every((count, index) => index === 0 || count - (slots[index - 1] ?? 0) <= 1)).toBe(true)
    expect(slots.at(-1)).toBe(LIMIT)
  })

  it('halve when nothing gets through, so that a part has the line to itself in the end', () => {
    const host = newHost()
    expect(afterwards(host, ...times(5, lost))).toBe(6)
    expect(afterwards(host, lost)).toBe(3)
    expect(afterwards(host, ...times(3, lost))).toBe(1)
    expect(afterwards(host, ...times(9, lost))).toBe(1)
  })

  it('do not change by single failures among successes, nor by what is no failure of the way', () => {
    const host = newHost()
    expect(afterwards(host, ...times(20, [lost, lost, 'ok']).flat())).toBe(LIMIT)
    expect(afterwards(host, ...times(20, expired), ...times(20, new Error('aborted')))).toBe(LIMIT)
  })

  it('keep to a limit that is lowered', () => {
    expect(newHost().slots(1)).toBe(1)
  })
})
