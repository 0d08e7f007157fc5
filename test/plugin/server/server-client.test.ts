// Creating uploads, while the server is still asked for its configuration.
import { afterEach, expect, it, vi } from 'vitest'
import { createServerClient } from '../../../plugin/src/server/server-client.js'
import type { Settings } from '../../../plugin/src/settings.js'
import { Health } from '../../../plugin/src/transfer/retry.js'

const unhandled = vi.fn()

afterEach(() => {
  process.off('unhandledRejection', unhandled)
})

it('a file that is stopped meanwhile, and then cannot be read, leaves no rejection unhandled', async () => {
  process.on('unhandledRejection', unhandled)
  const stop = new AbortController()
  const settled = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const client = createServerClient(
    () => ({}) as Settings,
    { limits: undefined, settled },
    new Health(),
    () => false,
    {
      log: () => {},
      notify: () => {},
    },
  )
  let fail = (_: unknown) => {}
  const file = new Promise<never>((_, reject) => {
    fail = reject
  })
  const created = client.create(file, stop.signal)
  stop.abort('stopped')
  await expect(created).rejects.toBe('stopped')
  fail('aborted')
  await new Promise(setImmediate)
  expect(unhandled).not.toHaveBeenCalled()
})
