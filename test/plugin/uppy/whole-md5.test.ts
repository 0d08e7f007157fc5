// The MD5 of a file that goes in one request: told with `/create`, so that S3 and the server verify all of it.
import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
// Loaded before the test begins: a module is read outside the fake clock.
import '../../../plugin/src/checksums/hash-blob.js'
import { pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()
const md5 = (text: string) => createHash('md5').update(text).digest('base64')
const created = () => page.world.routes('create').map(({ body }) => body.files)

const open = (checksum: typeof page.world.checksum) => {
  page.uppy.destroy()
  page.world.checksum = checksum
  page.open()
}

beforeEach(() => open('md5'))

describe('a file in one request', () => {
  it('has its MD5 told, and one in parts has none', async () => {
    page.add('empty', '')
    page.add('small', 'abc')
    page.add('large', large)
    await pass(100)
    void page.uppy.upload()
    await pass(5000)
    const told = Object.fromEntries(
      created()
        .flat()
        .map((file) => [file.name, file.md5]),
    )
    expect(told).toEqual({ empty: md5(''), small: md5('abc'), large: undefined })
  })

  it('has it told where parts go with crc64nvme', async () => {
    open('crc64nvme')
    page.add('small', 'abc')
    await pass(100)
    void page.uppy.upload()
    await pass(5000)
    expect(created()).toMatchObject([[{ md5: md5('abc') }]])
  })

  it('has none told where the server wants no checksums', async () => {
    open(undefined)
    page.add('small', 'abc')
    await pass(100)
    void page.uppy.upload()
    await pass(5000)
    expect(created()[0]?.[0]).not.toHaveProperty('md5')
  })

  it('costs no call more: those that start together go in one', async () => {
    for (let n = 0; n < 50; n++) page.add(`${n}`, `${n}`)
    await pass(100)
    void page.uppy.upload()
    await pass(10_000)
    expect(created().map((files) => files.length)).toEqual([50])
    expect(page.events.filter((event) => event.startsWith('success'))).toHaveLength(50)
  })

  it('that cannot be read fails, and keeps the others no longer than it is asked again', async () => {
    const broken = new Blob(['abc'])
    broken.stream = () => {
      throw new DOMException('gone', 'NotReadableError')
    }
    page.uppy.addFile({ name: 'broken', type: 'text/plain', data: broken })
    page.add('whole', 'abc')
    await pass(100)
    void page.uppy.upload()
    await pass(4500)
    expect(page.events).toContain('success whole')
    await pass(10_000)
    expect(page.errors).toMatchObject([{ code: 'file_unreadable' }])
  })

  it('that was edited since, as Firefox reads it, is announced anew, and nothing of before is left', async () => {
    const data = new Blob(['old'])
    page.uppy.addFile({ name: 'edited', type: 'text/plain', data })
    await pass(100)
    page.world.onTransfer = () => {
      page.world.onTransfer = () => undefined
      data.stream = () => new Blob(['new']).stream()
      return { status: 400, body: '<Error><Code>BadDigest</Code></Error>' }
    }
    void page.uppy.upload()
    await pass(10_000)
    expect(created()).toMatchObject([[{ md5: md5('old') }], [{ md5: md5('new') }]])
    expect([...page.world.uploads.values()]).toMatchObject([{ aborted: true }, { completed: true }])
  })
})
