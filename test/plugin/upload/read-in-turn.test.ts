import { expect, it, vi } from 'vitest'
import type { Settings } from '../../../plugin/src/settings.js'
import { Scheduler } from '../../../plugin/src/transfer/scheduler.js'
import { readInTurn } from '../../../plugin/src/upload/read-in-turn.js'

it('a hang that is told after the read was ended is not shown', async () => {
  const waitsFor = vi.fn()
  const file = { request: { name: 'film' }, identity: { reading: new Scheduler(1) }, waitsFor }
  const context = { settings: () => ({ retry: { giveUpAfterMs: 1000 } }) as Settings }
  const stop = new AbortController()
  let tell: ((hangs: boolean) => void) | undefined
  const reading = readInTurn(file, new Scheduler(1), context, stop.signal, (signal, onHang) => {
    tell = onHang
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  await vi.waitUntil(() => tell)
  stop.abort('removed')
  await expect(reading).rejects.toBe('removed')
  tell?.(true)
  expect(waitsFor).not.toHaveBeenCalled()
})
