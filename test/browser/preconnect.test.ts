// The page connects to S3 while the server still thinks about its first call. Chromium does so in a profile, and not in the
// contexts that the other tests open.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { launchProfile } from '../support/browser.js'
import { DemoPage } from './demo-page.js'
import { hostPage } from './host-page.js'

test('a connection to S3 is there before the upload is created', async () => {
  // S3's second name. Whoever connects is let go of, so that what is sent goes to the first.
  const second = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  onTestFinished(() => void second.close())
  await once(second, 'listening')
  const { port } = second.address() as AddressInfo
  const connected = once(second, 'connection')
  const host = await hostPage('remount-page', {
    hosts: [`http://127.0.0.1:${port}/{bucket}`],
    authorize: async () => {
      await connected
      return true
    },
  })
  onTestFinished(() => host.close())
  const profile = await mkdtemp(join(tmpdir(), 'partway-profile-'))
  onTestFinished(() => rm(profile, { recursive: true, force: true }))
  const context = await launchProfile(profile)
  onTestFinished(() => context.close())

  const page = await DemoPage.openIn(context, host.origin)
  const file = await host.files.create('early.txt', 1000)
  await page.upload([file])
  await page.untilComplete()
  expect(await connected).toBeDefined()
})
