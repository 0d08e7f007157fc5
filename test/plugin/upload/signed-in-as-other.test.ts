// A file belongs to who started it: somebody else who signs in meanwhile does not go on with it.
import { expect, it } from 'vitest'
import { large, useLargeFile } from '../large-file.js'
import { errorReply, pass } from '../world.js'

const { world, failed, openPage, add, sentParts, finished } = useLargeFile()

async function pauseAndSignIn(content = large) {
  const page = openPage({ limit: 1 })
  const id = add(page, content)
  world.current.onTransfer = ({ partNumber }) => (partNumber === 4 ? 'hold' : undefined)
  void page.upload()
  await pass(2000)
  page.pauseAll()
  world.current.onTransfer = () => undefined
  world.current.owner = 'eve'
  return { page, id }
}

it('a paused file fails, and goes on when the first person is back', async () => {
  const { page, id } = await pauseAndSignIn()
  page.resumeAll()
  await pass(2000)
  expect(failed).toMatchObject([
    {
      code: 'signed_in_as_other',
      message:
        '“large.txt” was started by somebody else in this browser. Sign in as that person to continue it.',
    },
  ])
  expect(world.current.uploads.size).toBe(1)
  world.current.owner = 'ada'
  void page.retryUpload(id)
  await pass(3000)
  expect(sentParts().sort()).toEqual([1, 2, 3, 4, 4, 5, 6])
  expect(world.current.uploads.size).toBe(1)
  expect(finished()).toBe(large)
})

it('so does one that has to be created again', async () => {
  const { page, id } = await pauseAndSignIn()
  world.current.onCall = ({ route }) =>
    route === 'parts' ? errorReply(410, 'ticket_expired', 'Too old.') : undefined
  world.current.upload().aborted = true
  page.resumeAll()
  await pass(2000)
  expect(failed).toMatchObject([{ code: 'signed_in_as_other' }])
  expect(world.current.uploads.size).toBe(1)
  world.current.onCall = () => undefined
  world.current.owner = 'ada'
  void page.retryUpload(id)
  await pass(3000)
  expect(world.current.upload()).toMatchObject({ owner: 'ada', completed: true })
  expect(finished()).toBe(large)
})

it('and a small file that is only to be completed', async () => {
  const page = openPage()
  const id = add(page, 'abc')
  world.current.onTransfer = () => {
    world.current.owner = 'eve'
    return undefined
  }
  void page.upload()
  await pass(1000)
  expect(failed).toMatchObject([{ code: 'signed_in_as_other' }])
  world.current.owner = 'ada'
  void page.retryUpload(id)
  await pass(1000)
  expect(world.current.uploads.size).toBe(1)
  expect(world.current.upload().completed).toBe(true)
})
