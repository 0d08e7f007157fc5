// Break it: every switch does what it says, a person sees it, and the upload ends as the file that it was.
import type { Request } from 'playwright-core'
import { describe, expect, inject, test } from 'vitest'
import { PART_BYTES, PARTS, useBreakIt } from './break-it-fixture.js'

describe.skipIf(inject('ceph'))('Break it (not on Ceph: needs the embedded store)', () => {
  const on = useBreakIt()

  test('bandwidth: at most so many bytes a second reach S3, and the page shows them', async () => {
    await on.broken.choose('Bandwidth', '8 MiB/s')
    const startedAt = performance.now()
    const file = await on.begin('bandwidth')
    await on.broken.untilCell('sending')
    await on.demo.page
      .locator('#throughput-peak')
      .getByText(/^at most \d/)
      .waitFor()
    await on.expectWhole(file)
    expect(file.size / ((performance.now() - startedAt) / 1000)).toBeLessThan(PART_BYTES)
    expect(await on.demo.page.locator('#throughput path').getAttribute('d')).toMatch(/L\d+ [\d.]+/)
  })

  test('latency: each request waits', async () => {
    await on.broken.choose('Latency', '1 s')
    const waits: number[] = []
    // Not those that were under way when the latency was chosen.
    const since = new Set<Request>()
    on.demo.page.on('request', (request) => {
      if (/\/uploads\/|partNumber/.test(request.url())) since.add(request)
    })
    on.demo.page.on('requestfinished', (request) => {
      const { requestStart, responseStart } = request.timing()
      if (since.has(request)) waits.push(responseStart - requestStart)
    })
    await on.expectWhole(await on.begin('latency'))
    expect(waits.length).toBeGreaterThan(PARTS)
    expect(Math.min(...waits)).toBeGreaterThan(900)
  })

  test('signing is seen where it takes time', async () => {
    await on.broken.choose('Latency', '1 s')
    const file = await on.createFile('signing', 24)
    await on.demo.upload([file])
    await on.broken.untilCell('signing')
    await on.broken.choose('Latency', 'none')
    await on.expectWhole(file)
  })

  test('30 % failures: parts are sent again', async () => {
    await on.broken.turn('30 % failures', true)
    const file = await on.begin('failures')
    await on.broken.untilRepeated(1)
    await on.expectWhole(file)
  })

  test('S3 is down: nothing more arrives, what has arrived is safe, and it goes on when S3 is back', async () => {
    await on.broken.choose('Bandwidth', '8 MiB/s')
    const stored = on.demo.watchStoredParts()
    const file = await on.begin('S3 down', 2 * PARTS)
    await on.broken.untilDone(2)
    const told = on.demo.untilTold(/Next try in/)
    await on.broken.turn('S3 is down', true)
    await on.broken.untilCell('again')
    await on.broken.untilNone('sending')
    const done = await on.broken.cells('done')
    await told
    expect(await on.broken.cells('done')).toBe(done)
    await on.broken.mend()
    await on.expectWhole(file)
    // Not of each: of a part that S3 had when it went down, the page never got the answer.
    expect(new Set(stored).size).toBe(stored.length)
  })

  test('server is down: no upload begins until it is back', async () => {
    await on.broken.turn('Server is down', true)
    const failed = on.demo.page.waitForEvent('requestfailed', (request) => request.url().endsWith('/create'))
    const file = await on.begin('server down')
    await failed
    expect(await on.demo.stored()).toEqual([])
    await on.broken.turn('Server is down', false)
    await on.expectWhole(file)
  })

  test('signatures expire: S3 refuses those signed too long ago, and the parts are signed again', async () => {
    await on.broken.choose('Bandwidth', '8 MiB/s')
    await on.broken.turn('Signatures expire', true)
    const refused = on.demo.page.waitForResponse(
      (response) => response.request().method() === 'PUT' && response.status() === 403,
    )
    const signed = on.demo.page.waitForResponse((response) => response.url().endsWith('/uploads/sign'))
    const file = await on.createFile('expired', 12)
    await on.demo.upload([file])
    expect(await (await refused).text()).toContain('Request has expired')
    await signed
    await on.expectWhole(file)
  })
})
