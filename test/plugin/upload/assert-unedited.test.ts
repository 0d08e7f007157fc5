// A file that is edited while it goes up, in a browser that reads it as if nothing had happened, as Firefox does.
import { beforeEach, expect, it, vi } from 'vitest'
import { FakeLocks } from '../fake-locks.js'
import { large, lastModified, useLargeFile } from '../large-file.js'
import { pass } from '../world.js'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'
const CHROMIUM = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0'
const NAME = 'large.txt'
const LAST_PART = 6
const withFirst = (letter: string) => `${letter}${large.slice(1)}`
const withLast = (letter: string) => `${large.slice(0, -1)}${letter}`

const { world, failed, openPage, finished } = useLargeFile()

beforeEach(() => {
  world.current.checksum = 'md5'
  stubBrowser(FIREFOX)
})

const stubBrowser = (userAgent: string) =>
  vi.stubGlobal('navigator', { onLine: true, locks: new FakeLocks(), userAgent })

class EditableFile extends File {
  content = large
  slices = 0
  /** Called before the part is read for its checksum. */
  beforeRead: (partNumber: number) => Promise<void> | undefined = () => undefined
  constructor() {
    super([large], NAME, { type: 'text/plain', lastModified })
  }
  override slice(start = 0, end = large.length): Blob {
    this.slices++
    const part = new Blob([this.content]).slice(start, end)
    const read = async (controller: ReadableStreamDefaultController) => {
      await this.beforeRead(start / 5 + 1)
      controller.enqueue(new TextEncoder().encode(this.content.slice(start, end)))
      controller.close()
    }
    part.stream = () => new ReadableStream({ start: read }) as ReturnType<Blob['stream']>
    return part
  }
}

class Gate {
  open = (): void => {}
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve
  })
}

/** Uploads a file, which is edited as the part of this number is sent, of six. */
async function editDuring(
  editedAt: number,
  edit: (file: EditableFile) => void,
  data = new EditableFile(),
): Promise<EditableFile> {
  const page = openPage({ limit: 1 })
  page.addFile({ name: NAME, type: 'text/plain', data })
  world.current.onTransfer = ({ partNumber }) => {
    if (partNumber === editedAt) edit(data)
    return undefined
  }
  void page.upload()
  await pass(10_000)
  return data
}

/** Nothing of the mixed one stays on S3. */
function expectAnother(content: string): void {
  expect(failed).toEqual([])
  const [mixed, whole, ...others] = [...world.current.uploads.values()]
  expect(others).toEqual([])
  expect(mixed).toMatchObject({ aborted: true })
  expect(mixed?.completed).toBeUndefined()
  expect(whole).toMatchObject({ completed: true })
  expect(finished()).toBe(content)
}

it('becomes an upload of its own, as S3 refuses a part that is not as it was', async () => {
  await editDuring(4, (file) => {
    file.content = withLast('Z')
  })
  expectAnother(withLast('Z'))
})

it('becomes an upload of its own, as what was sent before all was read is read again', async () => {
  const data = new EditableFile()
  const edited = new Gate()
  data.beforeRead = (partNumber) => (partNumber === LAST_PART ? edited.opened : undefined)
  await editDuring(
    2,
    (file) => {
      file.content = withFirst('A')
      edited.open()
    },
    data,
  )
  expectAnother(withFirst('A'))
})

it('has its last part sent only once that is read again', async () => {
  const data = new EditableFile()
  const again = new Gate()
  let reads = 0
  data.beforeRead = (partNumber) => (partNumber === 1 && ++reads === 2 ? again.opened : undefined)
  await editDuring(1, () => {}, data)
  expect([...world.current.upload().parts.keys()]).toEqual([1, 2, 3, 4, 5])
  again.open()
  await pass(1000)
  expect(finished()).toBe(large)
})

it('is uploaded as it was, if only what was sent is edited once all was read', async () => {
  await editDuring(4, (file) => {
    file.content = withFirst('A')
  })
  expect(world.current.uploads.size).toBe(1)
  expect(finished()).toBe(large)
})

it('fails if it is edited each time', async () => {
  let edits = 0
  await editDuring(4, (file) => {
    file.content = withLast(`${edits++ % 10}`)
  })
  await pass(60_000)
  expect(failed).toMatchObject([{ code: 'file_unreadable' }])
  expect([...world.current.uploads.values()].filter(({ aborted }) => !aborted)).toEqual([])
})

it('is the same one where only the transfer was wrong', async () => {
  let isFirst = true
  const page = openPage()
  page.addFile({ name: NAME, type: 'text/plain', data: new File([large], NAME, { lastModified }) })
  world.current.onTransfer = ({ partNumber }) => {
    if (partNumber !== 2 || !isFirst) return undefined
    isFirst = false
    return { status: 400, body: '<Error><Code>BadDigest</Code></Error>' }
  }
  void page.upload()
  await pass(10_000)
  expect(isFirst).toBe(false)
  expect(world.current.uploads.size).toBe(1)
  expect(finished()).toBe(large)
})

it('is not read again in other browsers', async () => {
  const { slices } = await editDuring(4, () => {})
  expect(finished()).toBe(large)
  expect(world.current.uploads.size).toBe(1)
  stubBrowser(CHROMIUM)
  expect((await editDuring(4, () => {})).slices).toBeLessThan(slices)
})
