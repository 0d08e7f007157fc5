// What all test files of a run share: one Chromium, and pages built by Vite. Each is made when a file first asks for it. They live in
// vitest's own process, and test files ask over HTTP.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserServer, chromium } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { launchOptions } from './browser.js'

/** Reply of `/page?root=`. */
export interface PageFiles {
  folder: string
  scripts: { fileName: string; moduleIds: string[] }[]
}

/** Reply of `/chromium`. */
export interface ChromiumAddress {
  wsEndpoint: string
}

export interface SharedResources {
  origin: string
  /** Ends Chromium and removes the pages. */
  close(): Promise<void>
}

export async function shareResources(): Promise<SharedResources> {
  const folder = await mkdtemp(join(tmpdir(), 'partway-pages-'))
  const pages = new Map<string, Promise<PageFiles>>()
  let browser: Promise<BrowserServer> | undefined

  async function find({ pathname, searchParams }: URL): Promise<PageFiles | ChromiumAddress> {
    if (pathname === '/chromium') {
      browser ??= chromium.launchServer({ ...launchOptions(), host: '127.0.0.1' })
      return { wsEndpoint: (await browser).wsEndpoint() }
    }
    const root = searchParams.get('root') ?? ''
    const page = pages.get(root) ?? buildInto(join(folder, String(pages.size)), root)
    pages.set(root, page)
    return await page
  }

  const server = createServer(async (request, response) => {
    try {
      const found = await find(new URL(request.url ?? '', 'http://localhost'))
      response.end(JSON.stringify(found))
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      await (await browser)?.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function buildInto(outDir: string, root: string): Promise<PageFiles> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    root,
    // Stacks and profiles can be read.
    build: { outDir, emptyOutDir: true, minify: false, target: 'esnext' },
  })
  const { output } = built as Rolldown.RolldownOutput
  const scripts = output.flatMap((file) =>
    file.type === 'chunk' ? { fileName: file.fileName, moduleIds: file.moduleIds } : [],
  )
  return { folder: outDir, scripts }
}
