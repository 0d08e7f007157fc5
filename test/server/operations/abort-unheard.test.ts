// A create whose reply was lost, and that the page repeats: one upload is left of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unfinishedUploads } from '../../support/bucket-contents.js'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, openApp } from '../native-client.js'

const MIB = 1024 ** 2
const file = { name: 'film.mp4', type: 'video/mp4', size: 12 * MIB, nonce: '0123456789abcdef' }
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const open = async (more: object = {}) => {
  const aborted: string[] = []
  const onAbort = ({ id }: { id: string }) => void aborted.push(id)
  const app = await openApp(s3, { unfinished: true, onAbort, ...more })
  const keys = async () => (await unfinishedUploads(s3.client, app.bucket)).map(({ Key }) => Key)
  return { ...app, aborted, keys }
}

test('what the lost reply spoke of is aborted, and the host hears of it', async () => {
  const { host, create, keys, aborted } = await open()
  const lost = multipart((await create(file))[0])
  const heard = multipart((await create(file))[0])
  expect(heard.key).not.toBe(lost.key)
  expect(await keys()).toEqual([heard.key])
  expect(aborted).toEqual([lost.key.split('/')[1]])
  await host.close()
})

test('it takes up no place in the quota', async () => {
  const { host, create } = await open({ quota: { unfinished: 1 } })
  await create(file)
  expect(await create(file)).toMatchObject([{ kind: 'multipart' }])
  await host.close()
})

test('nothing else is touched: other requests, other sizes, other people, pages without a nonce', async () => {
  const { host, create, keys } = await open()
  const others = [
    ...(await create({ ...file, nonce: 'another request 1'.replaceAll(' ', '-') })),
    ...(await create({ ...file, size: 13 * MIB })),
    ...(await client(host, 'eve').create(file)),
    ...(await create({ name: file.name, type: file.type, size: file.size })),
  ]
  const [heard] = await create(file)
  const kept = others.map(({ key }) => key)
  expect((await keys()).sort()).toEqual([...kept, heard?.key].sort())
  await host.close()
})

test('without the option nothing is looked for', async () => {
  const { host, create, keys } = await open({ unfinished: false })
  await create(file)
  await create(file)
  expect(await keys()).toHaveLength(2)
  await host.close()
})
