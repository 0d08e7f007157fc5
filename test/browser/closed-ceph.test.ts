// A page that closes for good once all is sent: a server that has never heard of it finishes it. With a real minute, on Ceph only: on
// the embedded store the clock can be moved (closed-page.test.ts, faults/).
import { setTimeout as delay } from 'node:timers/promises'
import { partway } from '@partway/koa'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { testOptions } from '../server/serve.js'
import { journalKeys, objectKeys, storedParts, unfinishedUploads } from '../support/bucket-contents.js'
import { sha256OfObject } from '../support/files.js'
import { DemoPage } from './demo-page.js'
import { type HostedPage, hostPage } from './host-page.js'

const MiB = 1024 ** 2
const SMALL = 20
const QUIET_MS = 61_000
const setting = { owner: () => 'ada', name: 'uploads', partSize: 8 * MiB, finishEverySeconds: 0 }

let host: HostedPage

beforeAll(async () => {
  host = await hostPage('core-path-page', setting)
})
afterAll(() => host?.close())

test.runIf(inject('ceph'))(
  'a large file and 20 small ones are objects of which the host has heard, after a quiet minute (only on Ceph)',
  async () => {
    const { client } = host.s3
    const large = await host.files.create('large.txt', 24 * MiB)
    const names = Array.from({ length: SMALL }, (_, index) => `small ${index}.txt`)
    const small = await Promise.all(names.map((name) => host.files.create(name, 1000)))
    const demo = await DemoPage.open(host.browser, host.origin)
    // It never says so.
    await demo.page.route('**/complete', () => {})
    await demo.upload([large, ...small])
    const isOnS3 = async () => {
      const [upload] = await unfinishedUploads(client, host.bucket)
      const parts = upload ? await storedParts(client, host.bucket, upload) : []
      return parts.length === 3 && (await objectKeys(client, host.bucket)).length === SMALL
    }
    await vi.waitUntil(isOnS3, { timeout: 60_000 })
    await demo.close()

    await delay(QUIET_MS)
    const heard: string[] = []
    const onComplete = ({ key }: { key: string }) => void heard.push(key)
    const other = partway(testOptions(host.s3, host.bucket, { ...setting, onComplete }))
    await other.finish()
    await other.close()

    const keys = await objectKeys(client, host.bucket)
    expect(heard.toSorted()).toEqual(keys)
    const contents = await Promise.all(keys.map((key) => sha256OfObject(client, host.bucket, key)))
    expect(contents.toSorted()).toEqual([large, ...small].map(({ sha256 }) => sha256).toSorted())
    expect(await unfinishedUploads(client, host.bucket)).toEqual([])
    expect(await journalKeys(client, host.bucket)).toEqual([])
  },
)
