// The packages from their tarballs, in projects of their own: npm installs, TypeScript checks, bundlers build, files arrive.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DemoPage } from '../browser/demo-page.js'
import { expectStored } from '../browser/expect-stored.js'
import { post } from '../server/serve.js'
import { createFileFolder, type FileFolder } from '../support/files.js'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { connectBrowser } from '../support/shared-browser.js'
import { type RunningProcess, startProcess } from '../support/start-process.js'
import { bundlers } from './bundlers.js'
import { complaints, source } from './mistakes.js'
import { npm } from './npm.js'
import { pack } from './pack.js'
import { createProject, type Project, uppy5 } from './project.js'
import { compile, type Resolution } from './type-check.js'

const MiB = 1024 ** 2
/** Of the page; Uppy's own types want the last. */
const libraries = ['dom', 'dom.iterable', 'esnext.disposable']
let folder: string
let page: Project
let pageOnUppy5: Project
let server: Project
let serverOnKoa2: Project
let s3: S3UnderTest
let bucket: string
/** What TypeScript has to say. */
let said: Record<Resolution, string>
beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
  folder = await mkdtemp(join(tmpdir(), 'partway-packages-'))
  const plugin = await pack('plugin', folder)
  const koa = [await pack('server/core', folder), await pack('server/koa', folder)]
  const command = await pack('server/cli', folder)
  const sources = (name: string) => join(import.meta.dirname, name)
  const koa2 = { koa: 'koa-2', '@types/koa': '@types/koa-2' }
  ;[page, pageOnUppy5, server, serverOnKoa2] = await Promise.all([
    createProject(sources('page'), [plugin], Object.keys(uppy5)),
    createProject(sources('page'), [plugin], Object.keys(uppy5), uppy5),
    createProject(sources('server'), [...koa, command], ['@types/node', 'koa']),
    createProject(sources('server'), koa, ['@types/node', 'koa', '@types/koa'], koa2),
  ])
  const compileAll = async (resolution: Resolution) =>
    (await compile(page.folder, 'page.ts', resolution, libraries)) +
    (await compile(pageOnUppy5.folder, 'page.ts', resolution, libraries)) +
    (await compile(server.folder, 'server.ts', resolution, [])) +
    (await compile(serverOnKoa2.folder, 'server.ts', resolution, []))
  const bundler = await compileAll('bundler')
  said = { bundler, node16: await compileAll('node16') }
})
afterAll(async () => {
  await page?.remove()
  await pageOnUppy5?.remove()
  await server?.remove()
  await serverOnKoa2?.remove()
  await s3?.close()
  await rm(folder, { recursive: true, force: true })
})

const environment = () => ({
  PATH: process.env.PATH,
  BUCKET: bucket,
  PAGES: folder,
  AWS_ENDPOINT_URL_S3: s3.endpoint,
  AWS_REGION: s3.region,
  AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
})

test.each(['bundler', 'node16'] as const)('its types under moduleResolution %s', (resolution) => {
  expect(said[resolution]).toBe('')
})

test('what its types refuse', async () => {
  await writeFile(join(server.folder, 'mistakes.ts'), source)
  const lines = (await compile(server.folder, 'mistakes.ts', 'node16', [])).split(/\n(?=\S)/)
  const found = lines.map((text) => ({ line: Number(/^mistakes\.ts\((\d+),/.exec(text)?.[1]), text }))
  expect(found).toEqual(
    complaints.map(({ line, complaint }) => ({ line, text: expect.stringContaining(complaint) })),
  )
})

describe.each([
  { koa: 'Koa 3', project: () => server, types: /^3\./ },
  { koa: 'Koa 2', project: () => serverOnKoa2, types: /^2\./ },
])('beside $koa', ({ project, types }) => {
  test("no other Koa's types are installed, and nothing of OpenTelemetry", async () => {
    const folder = join(project().folder, 'node_modules')
    const installed = await readdir(folder, { recursive: true })
    const versions = installed
      .filter((path) => path.endsWith('@types/koa/package.json'))
      .map(async (path) => JSON.parse(await readFile(join(folder, path), 'utf8')).version)
    expect(await Promise.all(versions)).toEqual([expect.stringMatching(types)])
    expect(installed.filter((path) => path.includes('@opentelemetry'))).toEqual([])
  })

  test('an upload is granted', async () => {
    const app = startProcess(process.execPath, ['server.js'], { cwd: project().folder, env: environment() })
    const [origin] = await app.untilPrinted(/http:\S+/)
    const created = await post(`${origin}/uploads/create`, {
      files: [{ name: 'a', type: 'a/b', size: 1 }],
    })
    expect(created).toMatchObject({ status: 200, body: { uploads: [{ kind: 'form' }] } })
    await app.end()
  })
})

test('the middleware installs no command line', async () => {
  const installed = async ({ folder }: Project) => await readdir(join(folder, 'node_modules'))
  expect(await installed(server)).toContain('commander')
  expect(await installed(serverOnKoa2)).not.toContain('commander')
})

test('the command', async () => {
  const printed = await npm(server.folder, 'exec', '--offline', 'partway', 'policy', '--', '--bucket=media')
  expect(JSON.parse(printed)).toMatchObject({ Version: '2012-10-17' })
})

describe('upload', () => {
  let app: RunningProcess
  let origin: string
  let browser: Browser
  let files: FileFolder
  beforeAll(async () => {
    app = startProcess(process.execPath, ['server.js'], { cwd: server.folder, env: environment() })
    origin = (await app.untilPrinted(/http:\S+/))[0]
    browser = await connectBrowser()
    files = await createFileFolder()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.end()
    await files?.remove()
  })

  test.each([
    { name: 'Vite', uppy: '6', workers: 1 },
    { name: 'Vite', uppy: '5', workers: 1 },
    { name: 'webpack', uppy: '6', workers: 1 },
    // It leaves the worker out, so the page computes the checksums.
    { name: 'esbuild', uppy: '6', workers: 0 },
  ] as const)('a page with Uppy $uppy, built by $name', async ({ name, uppy, workers }) => {
    const built = `${name}-${uppy}`
    const { folder: sourceFolder } = uppy === '5' ? pageOnUppy5 : page
    const core = await readFile(join(sourceFolder, 'node_modules/@uppy/core/package.json'), 'utf8')
    expect(JSON.parse(core).version).toMatch(new RegExp(`^${uppy}\\.`))
    expect(await bundlers[name](sourceFolder, join(folder, built))).toEqual([])
    const opened = await DemoPage.open(browser, `${origin}/${built}/index.html`)
    const sources = [
      await files.create(`${built} small`, 1234),
      await files.create(`${built} large`, 15 * MiB),
    ]
    const checksums: boolean[] = []
    opened.page.on('request', (request) => {
      if (request.method() === 'PUT') checksums.push('content-md5' in request.headers())
    })
    await opened.pick(sources)
    await opened.untilComplete()
    for (const file of sources) await expectStored(opened, file, { client: s3.client, bucket })
    expect(checksums).toEqual([true, true, true])
    expect(opened.page.workers()).toHaveLength(workers)
    expect(opened.errors.filter((error) => workers > 0 || !error.includes('404'))).toEqual([])
    await opened.close()
  })
})
