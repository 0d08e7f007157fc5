// The ways of the benchmark's network.
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { openNetwork } from './open-network.js'

test('leaves no way open, also if a later app server has the port of an earlier one', async () => {
  const network = await openNetwork('wan', 1)
  const ports = [await network.reachApp(1), await network.reachApp(1)]
  await network.close()
  for (const port of ports) {
    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  }
})
