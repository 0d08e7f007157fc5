// Files up to the largest object that S3 can have. Their blobs say their size and hold almost nothing.
import { beforeEach, describe, expect, it } from 'vitest'
import {
  countParts,
  GIB,
  MAX_OBJECT_SIZE,
  MIB,
  partLength,
  planParts,
} from '../../../server/core/src/rules/plan-parts.js'
import { pass } from '../world.js'
import { usePage } from './uppy-page.js'

const page = usePage()
const TIB = 1024 * GIB
let slices: number

class HugeBlob extends Blob {
  constructor(private readonly claimed: number) {
    super(['x'])
  }
  override get size(): number {
    return this.claimed
  }
  override slice(start = 0, end = this.claimed): Blob {
    slices++
    const size = Math.min(end, this.claimed) - Math.min(start, this.claimed)
    // What a file is known by is read.
    return size < MIB ? new Blob([new Uint8Array(size)]) : new HugeBlob(size)
  }
}

const SIZES = [
  ['48 TiB', 48 * TIB],
  ['10,000 × 5 GiB', MAX_OBJECT_SIZE],
  ['5 TiB', 5 * TIB],
  ['5 TiB and a byte', 5 * TIB + 1],
  ['5 GiB and a byte', 5 * GIB + 1],
] as const

beforeEach(() => {
  slices = 0
})

/** The server's own plan. What is sent has been stored in full. */
function begin(size: number) {
  const plan = planParts(size, { partSize: 8 * MIB, connections: 6 })
  const partCount = countParts(plan)
  const stored = new Map<number, number>()
  page.world.partSize = plan.partSize
  page.world.onCall = ({ route, body }) => {
    if (route === 'parts') {
      const parts = [...stored].map(([partNumber, bytes]) => ({ partNumber, size: bytes, etag: '"e"' }))
      return Response.json({ parts })
    }
    if (route !== 'complete') return undefined
    return Response.json({
      uploads: body.tickets.map(() => ({ location: 'https://s3.test/o', key: 'k', size, etag: '"e"' })),
    })
  }
  const id = page.uppy.addFile({ name: 'huge', type: 'text/plain', data: new HugeBlob(size) })
  const bytes = () => page.file(id).progress.bytesUploaded
  return { id, plan, partCount, stored, bytes, done: page.uppy.upload() }
}

describe.each(SIZES)('a file of %s', (_, size) => {
  it('sends its first parts, with few signatures and no look at the rest', async () => {
    page.world.onTransfer = () => 'hold'
    const { plan, partCount, bytes } = begin(size)
    await pass(300)
    const { active } = page.world
    expect(active.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3, 4, 5, 6])
    expect(active.map((request) => request.size)).toEqual(Array(6).fill(plan.partSize))
    expect(page.world.calls.map(({ route }) => route)).toEqual(['config', 'unfinished', 'create'])
    // Those that are sent, and two to know the file by.
    expect(slices).toBeLessThanOrEqual(active.length + 2)
    expect(partCount).toBeLessThanOrEqual(10_000)
    for (const [index, request] of active.entries()) request.progress(plan.partSize - index)
    await pass(200)
    expect(bytes()).toBe(6 * plan.partSize - 15)
  })

  it('is paused, goes on with what is missing of thousands of parts, and counts every byte', async () => {
    page.world.onTransfer = () => 'hold'
    const { id, plan, partCount, stored, bytes, done } = begin(size)
    await pass(300)
    page.uppy.pauseResume(id)
    await pass(100)
    expect(page.world.active).toEqual([])
    expect(bytes()).toBe(0)

    for (let n = 1; n <= partCount; n++) stored.set(n, partLength(plan, n))
    const missing = [2, partCount]
    for (const n of missing) stored.delete(n)
    page.uppy.pauseResume(id)
    await pass(300)
    const missingBytes = plan.partSize + partLength(plan, partCount)
    expect(bytes()).toBe(size - missingBytes)
    const [second, last] = page.world.active
    expect([second?.partNumber, last?.partNumber]).toEqual(missing)
    expect(last?.size).toBe(partLength(plan, partCount))
    second?.progress(1)
    await pass(200)
    expect(bytes()).toBe(size - missingBytes + 1)
    second?.respond(204)
    last?.respond(204)
    await pass(300)
    expect((await done)?.successful).toHaveLength(1)
    expect(page.file(id)).toMatchObject({
      progress: { bytesUploaded: size, bytesTotal: size, percentage: 100 },
      response: { body: { size } },
    })
    expect(slices).toBeLessThan(20)
  })

  it('is cancelled without a trace', async () => {
    page.world.onTransfer = () => 'hold'
    const { id, done } = begin(size)
    await pass(300)
    page.uppy.removeFile(id)
    await pass(300)
    await done
    expect(page.world.active).toEqual([])
    expect(page.world.upload().aborted).toBe(true)
    expect(page.events).toEqual(['start huge'])
  })
})

it('all 10,000 parts of 5 GiB are sent, each once, and progress never goes back', async () => {
  const reports: number[] = []
  page.uppy.on('upload-progress', (_, { bytesUploaded }) => reports.push(Number(bytesUploaded)))
  page.world.onTransfer = () => ({ status: 204 })
  const { done, plan, partCount } = begin(MAX_OBJECT_SIZE)
  await pass(180_000)
  expect((await done)?.successful).toHaveLength(1)
  const sent = page.world.requests.map(({ partNumber }) => partNumber)
  expect(sent).toHaveLength(10_000)
  expect(new Set(sent).size).toBe(partCount)
  expect(page.world.requests.every((request) => request.size === plan.partSize)).toBe(true)
  expect(reports).toEqual(reports.toSorted((a, b) => a - b))
  expect(reports.every((bytes) => bytes % plan.partSize === 0)).toBe(true)
  expect(reports.at(-1)).toBe(MAX_OBJECT_SIZE)
  // Each signature was asked for once.
  const signed = page.world.routes('sign').flatMap(({ body }) => body.parts)
  expect(signed).toHaveLength(10_000 - page.world.firstWindow)
}, 120_000)
