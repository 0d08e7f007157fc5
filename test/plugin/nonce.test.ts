// The tries of one file's creation carry the same nonce, so that the server knows them for one.
import Uppy from '@uppy/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import Partway from '../../plugin/src/index.js'
import { errorReply, pass, useWorld } from './world.js'

const world = useWorld()
let uppy: Uppy

beforeEach(() => {
  uppy = new Uppy({ logger: { debug() {}, warn() {}, error() {} } })
  uppy.use(Partway, { endpoint: '/uploads', retry: { giveUpAfterMs: 5000 } })
})
afterEach(() => uppy.destroy())

const add = (name: string) => uppy.addFile({ name, data: new Blob(['abcdefghijklmnopqrstuvwxyz']) })
const creations = () => world.current.routes('create').flatMap(({ body }) => body.files)

it('a creation that is tried again has the same nonce, each file one of its own', async () => {
  let failures = 2
  world.current.onCall = ({ route }) =>
    route === 'create' && failures-- > 0 ? errorReply(503, 's3_busy', 'Busy.') : undefined
  add('first')
  add('second')
  void uppy.upload()
  await pass(10_000)
  const [first, second, ...repeated] = creations()
  expect(first).toMatchObject({ name: 'first', nonce: expect.stringMatching(/^[0-9a-f]{32}$/) })
  expect(second.nonce).not.toBe(first.nonce)
  expect(repeated).toEqual([first, second, first, second])
})

it('a retry after the last failure is still a repetition; an upload that starts over is none', async () => {
  let isDown = true
  world.current.onCall = ({ route }) =>
    isDown && route === 'create' ? errorReply(503, 's3_busy', 'Busy.') : undefined
  const id = add('film')
  void uppy.upload()
  await pass(10_000)
  expect(uppy.getFile(id).error).toBe('Busy.')
  isDown = false
  let isGone = true
  world.current.onTransfer = () => {
    const answer = isGone ? { status: 404, body: '<Code>NoSuchUpload</Code>' } : undefined
    isGone = false
    return answer
  }
  void uppy.retryUpload(id)
  await pass(10_000)
  const [first, ...repeated] = creations()
  const anew = repeated.pop()
  expect(repeated.length).toBeGreaterThan(1)
  expect(repeated.every(({ nonce }) => nonce === first.nonce)).toBe(true)
  expect(anew.nonce).not.toBe(first.nonce)
})
