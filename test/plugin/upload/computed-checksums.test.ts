// How often a part's checksum is computed, and how early.
import { beforeEach, expect, it, vi } from 'vitest'
import { checksumPart } from '../../../plugin/src/checksums/checksum.js'
import { useLargeFile } from '../large-file.js'
import { pass } from '../world.js'

vi.mock('../../../plugin/src/checksums/checksum.js', { spy: true })

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
  expect(hashedParts()).toBe(6 + 1)
  expect(finished()).toBe('abcdefghijklmnopqrstuvwxyz')
})

it.each([
  // And twice of the parts' MD5s.
  ['md5', 6 + 2],
  ['crc64nvme', 6],
] as const)('%s: of what S3 has, it is kept to be combined', async (checksum, computed) => {
  world.current.checksum = checksum
  const lose = (): undefined => {
    if (world.current.routes('complete').length === 1) world.current.upload().parts.delete(2)
  }
  world.current.onCall = ({ route }) => (route === 'complete' ? lose() : undefined)
  const page = openPage()
  add(page)
  const done = page.upload()
  await pass(5000)
  expect((await done)?.successful).toHaveLength(1)
  expect(sentParts().filter((partNumber) => partNumber === 2)).toHaveLength(2)
  expect(hashedParts()).toBe(computed)
})
