// docs/get-started.md as somebody new follows it: its blocks are pasted one after the other, into an empty folder beside a
// clone. The packages are the packed ones; the ports are free ones.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DemoPage } from '../browser/demo-page.js'
import { type Block, blocksIn } from '../docs/blocks/read-blocks.js'
import type { Served } from '../server/serve.js'
import { unfinishedUploads } from '../support/bucket-contents.js'
import { createFileFolder, type FileFolder, type SourceFile, sha256OfObject } from '../support/files.js'
import { freePort } from '../support/free-port.js'
import { connectBrowser } from '../support/shared-browser.js'
import { type RunningProcess, startProcess } from '../support/start-process.js'
import { pack, repository } from './pack.js'
import { startRegistry } from './registry.js'
import { openTerminal, type Terminal } from './terminal.js'

const MiB = 1024 ** 2
/** How many commands or pasted blocks the first upload may take. */
const MOST_STEPS = 10
const page = 'docs/get-started.md'

let folder: string
let registry: Served
let clone: RunningProcess | undefined
let terminal: Terminal
let files: FileFolder
/** By the ones that the page names. */
let ports: Record<string, number>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partway-newcomer-'))
  const packed = []
  for (const source of ['server/core', 'server/koa', 'server/cli', 'plugin'] as const) {
    packed.push(await pack(source, folder))
  }
  registry = await startRegistry(packed)
  ports = { 3000: await freePort(), 4000: await freePort() }
  await mkdir(join(folder, 'project'))
  terminal = openTerminal(join(folder, 'project'), {
    PATH: process.env.PATH,
    HOME: folder,
    npm_config_registry: registry.origin,
    npm_config_cache: join(folder, 'npm'),
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
  })
  files = await createFileFolder()
})
afterAll(async () => {
  await terminal?.close()
  await clone?.end()
  await registry?.close()
  await files?.remove()
  await rm(folder, { recursive: true, force: true })
})

async function readSteps(): Promise<Block[]> {
  const markdown = await readFile(join(repository, page), 'utf8')
  const [, steps] = /^## Your first upload$(.*?)^Open http:/ms.exec(markdown) ?? []
  return blocksIn(page, steps ?? '')
}

const withFreePorts = (text: string) => text.replace(/\b[34]000\b/g, (port) => String(ports[port]))

/** Does what the page says. */
async function follow({ kind, path, text }: Block): Promise<void> {
  const pasted = withFreePorts(text)
  if (path) await writeFile(join(folder, 'project', path), `${pasted}\n`)
  else if (kind !== 'sh') throw new Error(`What is somebody new to do with "${text}"?`)
  else if (pasted.includes('npm ci')) await startClone(pasted)
  else if (pasted === 'npm start') await terminal.start(pasted, /^http:\/\/localhost:\d+$/m)
  else await terminal.run(pasted)
}

/** The clone is this repository, which is installed and built. What it keeps is beside the project, where the page says. */
async function startClone(text: string): Promise<void> {
  const [, port] = /^npm ci && PORT=(\d+) npm start$/.exec(text) ?? []
  if (!port) throw new Error(`"${text}" is not how this test starts the demo`)
  const env = { PATH: process.env.PATH, PORT: port, DATA_FOLDER: join(folder, 'partway/demo/data') }
  clone = startProcess(process.execPath, ['demo/dist/main.js'], { cwd: repository, env })
  await clone.untilPrinted(/Stop it with Ctrl-C/)
}

test('the first upload of somebody new', async () => {
  const steps = await readSteps()
  expect(steps.length).toBeGreaterThan(3)
  expect(steps.length).toBeLessThanOrEqual(MOST_STEPS)
  for (const step of steps) await follow(step)

  const browser = await connectBrowser()
  const opened = await DemoPage.open(browser, `http://localhost:${ports[3000]}`)
  const sources = [await files.create('note.txt', 1234), await files.create('film.mp4', 15 * MiB)]
  await opened.upload(sources)
  await opened.untilComplete()
  for (const source of sources) await expectArrived(source)
  expect(opened.errors).toEqual([])
  await opened.close()
  await browser.close()
})

/** As the server prints, and with the bytes of the file. */
async function expectArrived({ name, size, sha256 }: SourceFile): Promise<void> {
  const [, key = ''] = await terminal.untilPrinted(new RegExp(`^${size} bytes arrived: (.+${name})$`, 'm'))
  const kept = (file: string) => readFile(join(folder, 'partway/demo/data', file), 'utf8')
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${await kept('port')}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: await kept('secret') },
    forcePathStyle: true,
  })
  expect(await sha256OfObject(client, 'my-media', key)).toBe(sha256)
  expect(await unfinishedUploads(client, 'my-media')).toEqual([])
  client.destroy()
}
