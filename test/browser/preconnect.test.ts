// The page connects ahead: to S3 while the server still thinks about its first call, and to the server again before the last part is
// there. Chromium does so in a profile, and not in the contexts that the other tests open.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { launchNewProfile } from '../support/browser.js'
import { DemoPage } from './demo-page.js'
import { type HostedPage, hostPage } from './host-page.js'

const MiB = 1024 ** 2

/** Another way to a port, whose connections the test sees first. */
async function listen(port: () => number, opened: (socket: Socket, target: Socket) => void) {
  const listener = createServer((socket) => {
    const target = connect(port(), '127.0.0.1')
    for (const end of [socket, target]) end.on('error', () => [socket, target].map((one) => one.destroy()))
    socket.pipe(target)
    opened(socket, target)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void listener.close())
  await once(listener, 'listening')
  return { listener, port: (listener.address() as AddressInfo).port }
}

async function openInProfile(origin: string): Promise<DemoPage> {
  const { context, close } = await launchNewProfile()
  onTestFinished(close)
  return await DemoPage.openIn(context, origin)
}

/** In several parts. */
const largeFile = ({ files }: HostedPage) => files.create('parts.bin', 30 * MiB)

test('a connection to S3 is there before an upload is created, and is used', async () => {
  // Of each connection, in their order, whether anything came.
  const used: boolean[] = []
  let s3Port = 0
  const second = await listen(
    () => s3Port,
    (socket, s3) => {
      s3.pipe(socket)
      const index = used.push(false) - 1
      socket.once('data', () => {
        used[index] = true
      })
    },
  )
  const connected = once(second.listener, 'connection')
  const host = await hostPage('remount-page', ({ endpoint }) => {
    s3Port = Number(new URL(endpoint).port)
    return {
      hosts: [`http://127.0.0.1:${second.port}/{bucket}`],
      authorize: async () => {
        await connected
        return true
      },
    }
  })
  onTestFinished(() => host.close())
  const page = await openInProfile(host.origin)
  await page.upload([await largeFile(host)])
  await page.untilComplete()
  expect(used[0]).toBe(true)
})

test('a connection to the server is there again before the last part is', async () => {
  const toServer = new Set<Socket>()
  let connectedAgain = () => {}
  const isConnectedAgain = new Promise<void>((resolve) => {
    connectedAgain = resolve
  })
  let isClosed = false
  let answers = 0
  /** After that. */
  const calls: (string | undefined)[] = []
  let s3Port = 0
  // Once S3 gets a part, the server closes all its connections. One part is answered, and others not until the server has a new
  // connection.
  const storage = await listen(
    () => s3Port,
    (socket, s3) => {
      const sentPart = () => socket.bytesRead >= MiB
      socket.on('data', () => {
        if (isClosed || !sentPart()) return
        isClosed = true
        for (const connection of toServer) connection.destroy()
      })
      s3.on('data', async (bytes) => {
        if (sentPart() && ++answers > 1) await isConnectedAgain
        socket.write(bytes)
      })
    },
  )
  const host = await hostPage('remount-page', ({ endpoint }) => {
    s3Port = Number(new URL(endpoint).port)
    return { endpoint: `http://127.0.0.1:${storage.port}` }
  })
  onTestFinished(() => host.close())
  const server = await listen(
    () => Number(new URL(host.origin).port),
    (socket, app) => {
      app.pipe(socket)
      toServer.add(socket)
      if (!isClosed) return
      connectedAgain()
      socket.on('data', (bytes) => calls.push(/^[A-Z]+ [^ ]+/.exec(String(bytes))?.[0]))
    },
  )
  const page = await openInProfile(`http://127.0.0.1:${server.port}`)
  await page.upload([await largeFile(host)])
  await page.untilComplete()
  // Not to sign parts again that were never answered.
  expect(calls).toEqual(['POST /uploads/complete'])
})
