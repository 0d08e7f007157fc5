// Which paths are one mount to a ticket, and which are two: in host apps of all kinds, as a page calls them.
import type { IncomingMessage, RequestListener } from 'node:http'
import Router from '@koa/router'
import {
  type CreateReply,
  type Grant,
  type PartwayMiddleware,
  type PartwayOptions,
  partway,
} from '@partway/koa'
import Koa from 'koa'
import mount from 'koa-mount'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { takeApart } from '../attacks/forge-ticket.js'
import { post, type Served, serve, testOptions } from '../serve.js'

let s3: S3UnderTest
let bucket: string
let host: Served
beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
})
afterEach(() => host.close())
afterAll(() => s3.close())

const uploads = (more: Pick<PartwayOptions, 'name' | 'path'> = {}) =>
  partway(testOptions(s3, bucket, { finishEverySeconds: 0, ...more }))

async function serveKoa(build: (app: Koa) => unknown): Promise<void> {
  const app = new Koa()
  build(app)
  host = await serve(app.callback())
}

/** The mount that a ticket is bound to which is granted at this path, and where the journal has it. */
async function mountAt(path: string): Promise<{ id: unknown; place: unknown }> {
  const files = [{ name: 'a', type: '', size: 1 }]
  const { status, body } = await post<CreateReply>(host.origin + path, { files })
  expect([path, status]).toEqual([path, 200])
  const { aud, ent } = takeApart((body.uploads as [Grant])[0].ticket).claims as { aud: string; ent: [string] }
  return { id: aud, place: ent[0].split('/')[0] }
}

async function expectOne(...paths: string[]) {
  const mounts = await Promise.all(paths.map(mountAt))
  expect(mounts).toEqual(paths.map(() => mounts[0]))
  const digest = expect.stringMatching(/^[\w-]{22}$/)
  expect(mounts[0]).toEqual({ id: digest, place: digest })
}

/** @returns how many places they are: the finisher looks at each */
async function expectDifferent(...paths: string[]): Promise<number> {
  const mounts = await Promise.all(paths.map(mountAt))
  expect(new Set(mounts.map(({ id }) => id)).size).toBe(paths.length)
  return new Set(mounts.map(({ place }) => place)).size
}

/** As Express does: the path of the mount is off `url`. */
function underExpress(prefixes: string[], listener: RequestListener): RequestListener {
  return (request: IncomingMessage & { originalUrl?: string }, response) => {
    const url = request.url ?? ''
    const prefix = prefixes.find((start) => url.startsWith(`${start}/`)) ?? ''
    request.originalUrl = url
    request.url = url.slice(prefix.length)
    listener(request, response)
  }
}

/** In place of `koa-router` 7 and `@koa/router` 8: they nest by the `router` property, and set no `ctx.routerPath`. */
function oldRouter(mounts: Record<string, PartwayMiddleware>): Koa.Middleware {
  const outer = new Router()
  for (const [prefix, nested] of Object.entries(mounts)) outer.use(prefix, nested)
  for (const layer of outer.stack) {
    layer.stack = layer.stack.map((handle) => (ctx, next) => {
      Reflect.deleteProperty(ctx, 'routerPath')
      return handle(ctx, next)
    })
  }
  return outer.routes() as Koa.Middleware
}

describe('one mount, however it is spelled:', () => {
  test('in another case, with a slash at the end, with a query', async () => {
    await serveKoa((app) => app.use(mount('/api', uploads())))
    await expectOne(
      '/api/uploads/create',
      '/api/UPLOADS/Create',
      '/api/uploads/create/',
      '/api/uploads/create?as=/b/uploads/create',
    )
  })

  test('a parameter, percent-encoded in any way', async () => {
    await serveKoa((app) => app.use(uploads({ path: '/tenants/:tenant/uploads' })))
    await expectOne(
      '/tenants/a%C3%BC%20b/uploads/create',
      '/tenants/%61%c3%bc%20b/uploads/create',
      '/tenants/%61%C3%BC%20%62/uploads/create',
    )
  })
})

describe('two mounts of the same path:', () => {
  test.each<[string, (app: Koa) => unknown]>([
    ['under koa-mount', (app) => app.use(mount('/a', uploads())).use(mount('/b', uploads()))],
    [
      'in apps of their own under koa-mount',
      (app) => {
        for (const prefix of ['/a', '/b']) app.use(mount(prefix, new Koa().use(uploads())))
      },
    ],
    ['in a router', (app) => app.use(new Router().use('/a', uploads()).use('/b', uploads()).routes())],
    [
      'one middleware in a router twice',
      (app) => {
        const one = uploads()
        app.use(new Router().use('/a', one).use('/b', one).routes())
      },
    ],
    [
      'in routers in routers',
      (app) => {
        const inner = () => new Router().use(uploads()).routes()
        app.use(new Router().use('/a', inner()).use('/b', inner()).routes())
      },
    ],
    ['in a router before version 9', (app) => app.use(oldRouter({ '/a': uploads(), '/b': uploads() }))],
    ['in an old router, behind a parameter', (app) => app.use(oldRouter({ '/:tenant': uploads() }))],
    ['behind a parameter of a router', (app) => app.use(new Router().use('/:uploadId', uploads()).routes())],
    [
      'of which the app takes the prefix off',
      (app) => {
        const one = uploads()
        app.use((ctx, next) => {
          ctx.path = ctx.path.slice(2)
          return one(ctx, next)
        })
      },
    ],
  ])('%s', async (_, build) => {
    await serveKoa(build)
    await expectDifferent('/a/uploads/create', '/b/uploads/create')
  })

  test('under Express', async () => {
    host = await serve(underExpress(['/a', '/b'], new Koa().use(uploads({ path: '/' })).callback()))
    await expectDifferent('/a/create', '/b/create', '/create')
    await expectOne('/a/create', '/a/create/?x')
  })
})

describe('with parameters in the path', () => {
  test('each value is a mount, and no spelling makes one of two', async () => {
    await serveKoa((app) => app.use(uploads({ path: '/tenants{/:group}/:tenant/uploads' })))
    const places = await expectDifferent(
      ...['a', 'b', 'A', 'a%2Fb', 'a/b', 'a%252Fb', '%E0%A4%A', '%25E0%25A4%25A', '%C3%BC', 'u%CC%88'].map(
        (tenant) => `/tenants/${tenant}/uploads/create`,
      ),
    )
    expect(places).toBe(1)
  })

  test.each([undefined, 'named'])('the parameter counts as much as its value (name: %s)', async (name) => {
    await serveKoa((app) => app.use(uploads({ path: '/x{/a/:a}{/b/:b}', ...(name && { name }) })))
    expect(
      await expectDifferent(...['/x', '/x/a/1', '/x/b/1', '/x/a/1/b/1'].map((path) => `${path}/create`)),
    ).toBe(1)
  })
})

describe('where the app rewrites paths', () => {
  const rewritten = (rewrite: (path: string) => string) => (app: Koa) => {
    const one = uploads({ path: '/tenants/:tenant/uploads' })
    app.use((ctx, next) => {
      ctx.path = rewrite(ctx.path)
      return one(ctx, next)
    })
  }

  test('both count: what the page calls, and what the app makes of it', async () => {
    await serveKoa(rewritten((path) => path.replace(/^\/(.)\/[a-z]+\//, '/tenants/$1/uploads/')))
    await expectDifferent('/a/files/create', '/b/files/create', '/a/more/create', '/a/uploads/create')
    await expectOne('/a/files/create', '/a/files/create/')
  })

  test.each([
    ['one for each', rewritten((path) => path.replace(/^\/(.)-/, '/tenants/$1/uploads/'))],
    ['one for all', rewritten(() => '/tenants/a/uploads/create')],
  ])('where the page calls one that shows no mount, two are never one: %s', async (_, build) => {
    await serveKoa(build)
    await expectDifferent('/a-create', '/b-create')
  })
})

describe('with a name', () => {
  test('it is one mount wherever it is, and another one than without it, or with another', async () => {
    await serveKoa((app) => {
      const named = uploads({ name: 'avatars' })
      app.use(mount('/old', named))
      app.use(new Router().use('/new', named).routes())
      app.use(uploads({ name: 'avatars', path: '/moved' }))
      app.use(uploads({ name: 'raw', path: '/raw' }))
      app.use(uploads({ path: '/avatars' }))
    })
    await expectOne('/old/uploads/create', '/new/uploads/create', '/moved/create')
    await expectDifferent('/moved/create', '/raw/create', '/avatars/create')
  })

  test('in a router before version 9, the parameter counts as much as its value', async () => {
    await serveKoa((app) => {
      const named = uploads({ name: 'tenants', path: '/x{/a/:a}{/b/:b}' })
      app.use(oldRouter({ '/:country': named }))
    })
    await expectDifferent(...['/x', '/x/a/1', '/x/b/1', '/x/a/1/b/1'].map((path) => `/de${path}/create`))
  })

  test('the values of parameters count all the same, those of routers around it too', async () => {
    await serveKoa((app) => {
      const named = uploads({ name: 'tenants', path: '/t/:tenant' })
      app.use(new Router().use('/in/:country', named).routes())
      app.use(uploads({ name: 'tenants', path: '/moved/:country/:tenant' }))
    })
    await expectDifferent('/in/de/t/a/create', '/in/de/t/b/create', '/in/fr/t/a/create', '/in/a/t/de/create')
    await expectOne('/in/de/t/a/create', '/moved/de/a/create')
  })
})
