// The page connects to S3 while the server still thinks about its first call, and sends on that connection. Chromium does so in a
// profile, and not in the contexts that the other tests open.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { launchProfile } from '../support/browser.js'
import { DemoPage } from './demo-page.js'
import { hostPage } from './host-page.js'

test('a connection to S3 is there before an upload is created, and is used', async () => {
  // S3's second name. For each connection, in their order, whether anything came.
  const used: boolean[] = []
  let s3Port = 0
  const second = createServer((socket) => {
    const index = used.push(false) - 1
    socket.once('data', () => {
      used[index] = true
    })
    const s3 = connect(s3Port, '127.0.0.1')
    socket.pipe(s3).pipe(socket)
    for (const end of [socket, s3]) end.on('error', () => [socket, s3].map((one) => one.destroy()))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void second.close())
  await once(second, 'listening')
  const { port } = second.address() as AddressInfo
  const connected = once(second, 'connection')
  const host = await hostPage('remount-page', ({ endpoint }) => {
    s3Port = Number(new URL(endpoint).port)
    return {
      hosts: [`http://127.0.0.1:${port}/{bucket}`],
      authorize: async () => {
        await connected
        return true
      },
    }
  })
  onTestFinished(() => host.close())
  const profile = await mkdtemp(join(tmpdir(), 'partway-profile-'))
  onTestFinished(() => rm(profile, { recursive: true, force: true }))
  const context = await launchProfile(profile)
  onTestFinished(() => context.close())

  const page = await DemoPage.openIn(context, host.origin)
  // In parts, which go to both names.
  await page.upload([await host.files.create('parts.bin', 30 * 1024 ** 2)])
  await page.untilComplete()
  expect(used[0]).toBe(true)
})
