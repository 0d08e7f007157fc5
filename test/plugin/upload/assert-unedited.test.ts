// A file that is edited while it goes up, in a browser that reads it as if nothing had happened, as Firefox does.
import { beforeEach, expect, it, vi } from 'vitest'
import { FakeLocks } from '../fake-locks.js'
import { large, lastModified, useLargeFile } from '../large-file.js'
import { pass } from '../world.js'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'
const CHROMIUM = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0'
const NAME = 'large.txt'
const edited = `A${large.slice(1, -1)}Z`

const { world, failed, openPage, finished } = useLargeFile()

beforeEach(() => {
  world.current.checksum = 'md5'
})

const stubBrowser = (userAgent: string) =>
  vi.stubGlobal('navigator', { onLine: true, locks: new FakeLocks(), userAgent })

class EditableFile extends File {
  content = large
  slices = 0
  override slice(...range: Parameters<File['slice']>): Blob {
    this.slices++
    return new Blob([this.content]).slice(...range)
  }
}

/** Uploads a file, which is edited once S3 has three of its six parts. */
async function editHalfway(edit: (file: EditableFile) => void): Promise<EditableFile> {
  const page = openPage({ limit: 1 })
  const data = new EditableFile([large], NAME, { type: 'text/plain', lastModified })
  page.addFile({ name: NAME, type: 'text/plain', data })
  world.current.onTransfer = ({ partNumber }) => {
    if (partNumber === 4) edit(data)
    return undefined
  }
  void page.upload()
  await pass(10_000)
  return data
}

it('becomes an upload of its own, and nothing of the mixed one stays on S3', async () => {
  stubBrowser(FIREFOX)
  await editHalfway((file) => {
    file.content = edited
  })
  expect(failed).toEqual([])
  const [mixed, whole, ...others] = [...world.current.uploads.values()]
  expect(others).toEqual([])
  expect(mixed).toMatchObject({ aborted: true })
  expect(mixed?.completed).toBeUndefined()
  expect(whole).toMatchObject({ completed: true })
  expect(finished()).toBe(edited)
})

it('fails if it is edited each time', async () => {
  stubBrowser(FIREFOX)
  let edits = 0
  await editHalfway((file) => {
    file.content = `${edits++ % 10}${large.slice(1)}`
  })
  await pass(60_000)
  expect(failed).toMatchObject([{ code: 'file_unreadable' }])
  expect([...world.current.uploads.values()].filter(({ aborted }) => !aborted)).toEqual([])
})

it('is read again before it is complete, and not so in other browsers', async () => {
  stubBrowser(FIREFOX)
  const { slices } = await editHalfway(() => {})
  expect(finished()).toBe(large)
  expect(world.current.uploads.size).toBe(1)
  stubBrowser(CHROMIUM)
  expect((await editHalfway(() => {})).slices).toBe(slices - 6)
})
