// Memory of the whole demo (embedded store and host app in one process) while 1,920 MiB go through it.
import { createHash } from 'node:crypto'
import type { CompleteReply, CreateReply, MultipartGrant, SignReply } from '@partway/server/protocol'
import { expect, test } from 'vitest'
import { pseudoRandomBytes, sha256OfObject } from '../support/files.js'
import { freePort } from '../support/free-port.js'
import { knowsResidentMemory } from '../support/resident-memory.js'
import { startDemoProcess } from './demo-process.js'

const MiB = 1024 ** 2
const SIZE = 1920 * MiB

test.skipIf(!knowsResidentMemory)(
  '1,920 MiB leave the resident memory flat (needs /proc)',
  async () => {
    const port = await freePort()
    const demo = await startDemoProcess({ PORT: String(port) })
    try {
      await demo.untilPrinted('Ctrl-C')
      const call = await openSession(`http://localhost:${port}`)
      const { uploads } = await call<CreateReply>('create', {
        files: [{ name: '1,920 MiB.bin', type: 'application/octet-stream', size: SIZE }],
      })
      const grant = uploads[0] as MultipartGrant
      const resident: number[] = []
      const hash = createHash('sha256')
      let partNumber = 0
      for (const part of parts(grant.partSize)) {
        partNumber++
        hash.update(part)
        const signed = await call<SignReply>('sign', { ticket: grant.ticket, parts: [{ partNumber }] })
        const reply = await fetch(signed.parts[0]?.url ?? '', { method: 'PUT', body: part })
        expect(reply.status).toBe(200)
        resident.push(await demo.residentMiB())
      }
      expect(partNumber).toBe(grant.partCount)
      const completed = await call<CompleteReply>('complete', { tickets: [grant.ticket] })
      expect(completed.uploads[0]).toMatchObject({ size: SIZE, key: grant.key })
      resident.push(await demo.residentMiB())

      const { client, bucket } = await demo.openEmbeddedS3(new URL(grant.parts[0]?.url ?? '').origin)
      expect(await sha256OfObject(client, bucket, grant.key)).toBe(hash.digest('hex'))
      resident.push(await demo.residentMiB())

      const quarter = Math.floor(resident.length / 4)
      const early = Math.max(...resident.slice(0, quarter))
      const late = Math.max(...resident.slice(-quarter))
      console.log(
        `RSS of store and app: first quarter ${early.toFixed(0)} MiB, last quarter ${late.toFixed(0)} MiB`,
      )
      // A leak of one byte in ten would show as 150 MiB between the two.
      expect(late - early).toBeLessThan(100)
    } finally {
      await demo.end()
    }
  },
  300_000,
)

/** The file's bytes, part by part. */
function* parts(partSize: number): Generator<Buffer<ArrayBuffer>> {
  let chunks: Buffer[] = []
  for (const chunk of pseudoRandomBytes('2 GiB', SIZE)) {
    chunks.push(chunk)
    if (chunks.length * MiB < partSize) continue
    yield Buffer.concat(chunks)
    chunks = []
  }
  if (chunks.length > 0) yield Buffer.concat(chunks)
}

/** Native calls with the cookie that the page gets. */
async function openSession(address: string) {
  const page = await fetch(address)
  const cookie = page.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return async function call<Reply>(route: string, body: unknown): Promise<Reply> {
    const reply = await fetch(`${address}/uploads/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    })
    expect(reply.status).toBe(200)
    return (await reply.json()) as Reply
  }
}
