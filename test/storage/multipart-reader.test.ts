// The embedded store only: forms as several programs write them, in chunks of any size.
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { MultipartReader, readAll } from '../../demo/storage/src/bodies/multipart-reader.js'

async function readForm(form: Buffer, chunkSize: number) {
  const chunks = Array.from({ length: Math.ceil(form.length / chunkSize) }, (_, index) =>
    form.subarray(index * chunkSize, (index + 1) * chunkSize),
  )
  const reader = new MultipartReader(Readable.from(chunks), 'multipart/form-data; boundary=bound')
  const parts: { name: string; filename: string; content: string }[] = []
  for (let part = await reader.next(); part; part = await reader.next()) {
    const { name, filename, content } = part
    parts.push({ name, filename, content: (await readAll(content, 1000)).toString('latin1') })
  }
  return parts
}

const toForm = (parts: [string, string][]) =>
  Buffer.from(
    `preamble\r\n${parts.map(([headers, content]) => `--bound\r\n${headers}\r\n\r\n${content}\r\n`).join('')}--bound--`,
  )

test('every division into chunks gives the same parts', async () => {
  const contents = ['', 'text', '\r\n--boun\r\n\r\n--', '\r\n', '-\r\n--\r\r\n']
  const form = toForm(
    contents.map((content, index) => [`Content-Disposition: form-data; name="n${index}"`, content]),
  )
  const parts = contents.map((content, index) => ({ name: `n${index}`, filename: '', content }))
  for (let chunkSize = 1; chunkSize <= form.length; chunkSize++) {
    expect(await readForm(form, chunkSize)).toEqual(parts)
  }
})

test.each([
  ['a browser', 'name="file"; filename="a%22b; name=x.txt"', 'a%22b; name=x.txt'],
  ['curl', 'name="file"; filename="a\\"b.txt"', 'a"b.txt'],
  ['a name that ends in a backslash', 'name="file"; filename="ab\\"', ''],
  ['a path of Windows', 'name="file"; filename="C:\\dir\\b.txt"', 'b.txt'],
  ['without quotes', 'name=file; filename=b.txt', 'b.txt'],
  ['Python, beyond ASCII', 'name="file"; filename*=utf-8\'\'%C3%BC%20b.txt', 'ü b.txt'],
  ['as UTF-8', 'filename="ü.txt"; name="file"', 'ü.txt'],
])('names from %s', async (_, parameters, filename) => {
  const form = toForm([[`content-type: text/plain\r\ncontent-disposition: form-data; ${parameters}`, 'x']])
  expect(await readForm(form, 1000)).toEqual([{ name: 'file', filename, content: 'x' }])
})

test.each(['', '--bound', '--bound\r\n', '--bound\r\nContent-Disposition: form-data; name="a"\r\n\r\nx'])(
  'a form that ends early is refused: %j',
  async (form) => {
    await expect(readForm(Buffer.from(form), 1000)).rejects.toMatchObject({ code: 'MalformedPOSTRequest' })
  },
)
