// Calls that end early: the server stops, the client goes away, S3 does not answer.
import { request } from 'node:http'
import { S3Client } from '@aws-sdk/client-s3'
import { type ErrorBody, PartwayError, type PartwayOptions, partway } from '@partway/koa'
import Koa from 'koa'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { multipart, openApp, sendAll } from './native-client.js'
import { listContents } from './s3-contents.js'
import { post, type Served, serve, testOptions } from './serve.js'

const MIB = 1024 ** 2
const file = { name: 'a.mp4', type: 'video/mp4', size: 6 * MIB }
let s3: S3UnderTest
const open: Served[] = []

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()))
})

/** Something that a test lets happen when it wants. */
function gate() {
  let pass = () => {}
  const passed = new Promise<void>((resolve) => {
    pass = resolve
  })
  return { pass, passed }
}

async function openClosable(options: Partial<PartwayOptions>) {
  const bucket = await createBucket(s3.client)
  const app = new Koa()
  app.on('error', () => {})
  const middleware = partway(testOptions(s3, bucket, { partSize: 5 * MIB, ...options }))
  app.use(middleware)
  const host = await serve(app.callback())
  open.push(host)
  return {
    bucket,
    middleware,
    create: () => post<ErrorBody>(`${host.origin}/uploads/create`, { files: [file] }),
  }
}

describe('close()', () => {
  test('lets calls under way finish, and refuses new ones', async () => {
    const entered = gate()
    const release = gate()
    const { middleware, create } = await openClosable({
      onCreate: async () => {
        entered.pass()
        await release.passed
      },
    })
    const underWay = create()
    await entered.passed
    let closed = false
    const closing = middleware.close().then(() => {
      closed = true
    })
    const refused = await create()
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'shutting_down',
      '1',
    ])
    expect(closed).toBe(false)
    release.pass()
    expect((await underWay).body).toMatchObject({ uploads: [{ kind: 'multipart' }] })
    await closing
  })

  test("leaves the host's own S3 client alone", async () => {
    const { endpoint, region, credentials } = s3
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
    let destroyed = false
    const destroy = client.destroy.bind(client)
    client.destroy = () => {
      destroyed = true
      destroy()
    }
    const middleware = partway({ client, bucket: 'media', owner: 'anonymous', secrets: ['s'.repeat(32)] })
    await middleware.close()
    expect(destroyed).toBe(false)
    client.destroy()
  })
})

describe('a client that goes away', () => {
  test('before an upload is granted: nothing of it stays, on S3 or in the quota', async () => {
    const asked = gate()
    const gone = gate()
    const settled = gate()
    const codes: unknown[] = []
    const { bucket, host, create } = await openApp(s3, {
      quota: { unfinished: 1 },
      authorize: async (_ctx, { name }) => {
        if (name !== 'leaving') return true
        asked.pass()
        await gone.passed
        return true
      },
      onError: (error) => {
        codes.push(error instanceof PartwayError ? error.code : error)
        settled.pass()
      },
    })
    const leaving = startPost(`${host.origin}/uploads/create`, { files: [{ ...file, name: 'leaving' }] })
    await asked.passed
    leaving.destroy()
    // The server learns of it with a packet of its own.
    await expect.poll(() => host.connections()).toBe(0)
    gone.pass()
    await settled.passed
    expect(codes).toEqual(['client_gone'])
    expect((await listContents(s3.client, bucket)).uploads).toEqual([])
    expect(await create(file)).toMatchObject([{ kind: 'multipart' }])
    expect(host.errors).toEqual([])
    await host.close()
  })

  test('while others of its call are granted: those wait for the next try, which gets them', async () => {
    const created: string[] = []
    const withdrawn: string[][] = []
    const twoCreated = gate()
    const gone = gate()
    const settled = gate()
    const { bucket, host, create } = await openApp(s3, {
      authorize: async (_ctx, { name }) => {
        if (name === 'last') await gone.passed
        return true
      },
      onCreate: ({ key }) => {
        if (created.push(key) === 2) twoCreated.pass()
      },
      onAbort: ({ key, reason }) => void withdrawn.push([key, reason]),
      onError: () => settled.pass(),
    })
    const files = ['a', 'b', 'last'].map((name) => ({
      ...file,
      name,
      idempotencyKey: `the file called ${name}`.replaceAll(' ', '-'),
    }))
    const leaving = startPost(`${host.origin}/uploads/create`, { files })
    await twoCreated.passed
    leaving.destroy()
    await expect.poll(() => host.connections()).toBe(0)
    gone.pass()
    await settled.passed
    const granted = await create(...files)
    const [a, b, last = '', again] = created
    expect(withdrawn).toEqual([[last, 'withdrawn']])
    const left = [a, b, again].toSorted()
    expect(granted.map(({ key }) => key).toSorted()).toEqual(left)
    expect((await listContents(s3.client, bucket)).uploads.toSorted()).toEqual(left)
    await host.close()
  })

  test('while its upload is completed: it is completed all the same, and the host learns of it', async () => {
    const listed = gate()
    const completed = gate()
    const { bucket, host, create } = await openApp(s3, {
      onComplete: () => completed.pass(),
      owner: async (ctx) => {
        if (ctx.path.endsWith('/complete')) listed.pass()
        return 'ada'
      },
    })
    const grant = multipart((await create(file))[0])
    await sendAll(Buffer.alloc(file.size), grant)
    const leaving = startPost(`${host.origin}/uploads/complete`, { tickets: [grant.ticket] })
    await listed.passed
    leaving.destroy()
    await completed.passed
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [grant.key], uploads: [] })
    await host.close()
  })
})

function startPost(url: string, body: object) {
  const leaving = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user': 'ada' },
  })
  // It is ended by the test.
  leaving.on('error', () => {})
  leaving.end(JSON.stringify(body))
  return leaving
}
