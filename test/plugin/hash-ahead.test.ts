// How many checksums are there before their parts can be sent.
import { beforeEach, expect, it, vi } from 'vitest'
import { checksumPart } from '../../plugin/src/checksum.js'
import { useLargeFile } from './large-file.js'
import { pass } from './world.js'

vi.mock('../../plugin/src/checksum.js', { spy: true })

const { world, openPage, add, sentParts, finished } = useLargeFile()
const hashedParts = () => vi.mocked(checksumPart).mock.calls.length

beforeEach(() => {
  vi.mocked(checksumPart).mockClear()
  world.current.checksum = 'md5'
})

it('all slots may become free at once, and find parts that can be sent', async () => {
  const page = openPage({ limit: 2 })
  add(page)
  world.current.onTransfer = () => 'hold'
  const done = page.upload()
  await pass(1000)
  expect(sentParts()).toEqual([1, 2])
  expect(hashedParts()).toBe(4)
  world.current.onTransfer = () => undefined
  page.pauseAll()
  page.resumeAll()
  await pass(5000)
  expect((await done)?.successful).toHaveLength(1)
  expect(hashedParts()).toBe(6)
  expect(finished()).toBe('abcdefghijklmnopqrstuvwxyz')
})
