// How many checksums are there before their parts can be sent.
import { beforeEach, expect, it, vi } from 'vitest'
import { checksumPart } from '../../plugin/src/checksum.js'
import { useLargeFile } from './large-file.js'
import { pass } from './world.js'

vi.mock('../../plugin/src/checksum.js', { spy: true })

const { world, openPage, add, crashHalfway, sentParts, finished } = useLargeFile()
/** Returns how to answer. */
const hold = (held: string) => {
  let answer = () => {}
  world.current.onCall = ({ route }) =>
    route === held ? new Promise((resolve) => (answer = () => resolve(undefined))) : undefined
  return () => answer()
}
const hashedParts = () => vi.mocked(checksumPart).mock.calls.length

beforeEach(() => {
  vi.mocked(checksumPart).mockClear()
  world.current.checksum = 'md5'
})

it('the first are there before the upload is', async () => {
  const create = hold('create')
  const page = openPage({ limit: 2 })
  add(page)
  const done = page.upload()
  await pass(1000)
  expect(hashedParts()).toBe(2)
  create()
  await pass(5000)
  expect((await done)?.successful).toHaveLength(1)
  expect(hashedParts()).toBe(6)
})

it('they are computed again if the file is cut in another way than was expected', async () => {
  const page = openPage({ limit: 2 })
  add(page)
  await pass(100)
  world.current.partSize = 6
  const done = page.upload()
  await pass(5000)
  expect((await done)?.successful).toHaveLength(1)
  expect(hashedParts()).toBe(2 + 5)
  expect(finished()).toBe('abcdefghijklmnopqrstuvwxyz')
})

it('in a new page load, those that were under way are there before S3 has told what it has', async () => {
  await crashHalfway()
  vi.mocked(checksumPart).mockClear()
  const tell = hold('parts')
  const page = openPage({ limit: 2 })
  add(page)
  const done = page.upload()
  await pass(1000)
  // Beside that of the one which S3 cannot have.
  expect(hashedParts()).toBe(1 + 2)
  tell()
  await pass(5000)
  expect((await done)?.successful).toHaveLength(1)
  expect(sentParts()).toEqual([5, 4, 6])
  // S3 told that it has the fifth by then, so it was compared like the others.
  expect(hashedParts()).toBe(6 + 1)
  expect(finished()).toBe('abcdefghijklmnopqrstuvwxyz')
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

it.each([
  ['md5', 7],
  ['crc32c', 6],
] as const)('%s: of what S3 has, it is kept only to be combined', async (checksum, computed) => {
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
