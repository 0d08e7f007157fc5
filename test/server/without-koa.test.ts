// The server as an adapter for another framework has it: calls in, replies out.
import { createUploadServer, type HttpCall, type PartwayOptions } from '@partway/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { secrets } from './serve.js'

interface Visitor {
  name: string
}

let s3: S3UnderTest
let bucket: string
beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
})
afterAll(() => s3.close())

function open(more: Partial<Pick<PartwayOptions<Visitor>, 'secrets' | 'owner' | 'onCreate'>> = {}) {
  const errors: unknown[] = []
  const options = {
    bucket,
    client: s3.client,
    owner: ({ name }: Visitor) => name,
    finishEverySeconds: 0,
    ...more,
  }
  const server = createUploadServer<Visitor>(options, { report: (error) => errors.push(error) })
  const ask = async (path: string, parsed: object) => {
    const call: HttpCall<Visitor> = {
      context: { name: 'ada' },
      path: `/files${path}`,
      mount: { pattern: ['/files'], values: [] },
      params: {},
      query: {},
      header: (name) => (name === 'Content-Type' ? 'application/json' : ''),
      host: 'app.example',
      httpVersion: 2,
      body: { parsed },
      signal: new AbortController().signal,
      untilSent: async () => {},
    }
    return await server.routes.find((route) => route.path === path)?.handle(call)
  }
  return { server, errors, ask }
}

const files = [{ name: 'film.mp4', type: 'video/mp4', size: 9 * 1024 ** 2 }]

test('an upload is granted to whom the context names, and hooks get the context', async () => {
  const created: unknown[] = []
  const { server, ask, errors } = open({
    secrets,
    onCreate: ({ owner }, visitor) => created.push([owner, visitor]),
  })
  expect(await ask('/create', { files })).toMatchObject({
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: { uploads: [{ kind: 'multipart', key: expect.stringMatching(/^ada\//) }] },
  })
  expect(created).toEqual([['ada', { name: 'ada' }]])
  expect(await ask('/create', {})).toMatchObject({ status: 400, reason: 'invalid_request' })
  await server.close()
  expect(await ask('/create', { files })).toMatchObject({ status: 503, reason: 'shutting_down' })
  expect(errors).toEqual([])
})

test('an error of the host is handed back to it', async () => {
  const error = new Error('no session store')
  const owner = () => {
    throw error
  }
  const { server, ask } = open({ secrets, owner })
  expect(await ask('/create', { files })).toMatchObject({ error })
  await server.close()
})

test('without secrets, the log says which option is missing', async () => {
  const { server, ask, errors } = open()
  expect(await ask('/create', { files })).toMatchObject({
    status: 500,
    body: { code: 'secrets_invalid', error: expect.stringContaining('Set the option secrets to') },
  })
  expect(errors).toMatchObject([
    { cause: { message: 'partway(): option secrets must be a list of strings, got undefined' } },
  ])
  await expect(server.finish()).rejects.toThrow(TypeError)
  await server.close()
})
