// The example behind nginx: two nodes share each upload, and one quota.
import type { CreateReply } from '@partway/koa'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFileFolder, type FileFolder } from '../support/files.js'
import { findProgram } from '../support/find-program.js'
import { freePort } from '../support/free-port.js'
import { connectBrowser } from '../support/shared-browser.js'
import { type Example, startExample, sumsOf } from './example.js'

const MiB = 1024 ** 2

const missing = ['nginx', 'valkey-server'].filter((program) => !findProgram(program))
const place = missing.length > 0 ? `SKIPPED, no ${missing.join(' and no ')} on the PATH` : 'on this machine'

describe.skipIf(missing.length > 0)(`two nodes (${place})`, () => {
  let example: Example
  let browser: Browser
  let files: FileFolder
  let ports: number[]
  beforeAll(async () => {
    ports = await Promise.all([freePort(), freePort(), freePort(), freePort()])
    example = await startExample('nginx-valkey', 'start', { PORTS: ports.join() })
    browser = await connectBrowser()
    files = await createFileFolder()
  })
  afterAll(async () => {
    await browser?.close()
    await example?.end()
    await files?.remove()
  })

  test('an upload that both of them serve', async () => {
    const page = await example.open(browser)
    const served = new Set<string | undefined>()
    page.page.on('response', (response) => {
      if (response.url().includes('/uploads/')) served.add(response.headers()['x-served-by'])
    })
    const sources = [await files.create('small', 1234), await files.create('large', 50 * MiB)]
    await page.upload(sources)
    await page.untilComplete()
    expect(await example.storedSums()).toEqual(sumsOf(sources))
    expect([...served].sort()).toEqual(ports.slice(1, 3).map(String).sort())
    expect(page.errors).toEqual([])
  })

  test('20 files a day, whichever node is asked', async () => {
    const replies = Array.from({ length: 25 }, (_, index) => create(`file ${index}`))
    const codes = (await Promise.all(replies)).map(({ uploads: [upload] }) =>
      upload && 'code' in upload ? upload.code : 'granted',
    )
    // Two were uploaded above.
    expect(codes.filter((code) => code === 'granted')).toHaveLength(18)
    expect(codes.filter((code) => code === 'quota_exceeded')).toHaveLength(7)
  })

  async function create(name: string): Promise<CreateReply> {
    const body = JSON.stringify({ files: [{ name, type: '', size: 5 }] })
    const headers = { 'content-type': 'application/json' }
    const reply = await fetch(`${example.origin}/uploads/create`, { method: 'POST', headers, body })
    return (await reply.json()) as CreateReply
  }
})
