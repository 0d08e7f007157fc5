// What scenarios are played on: one S3, the ways to it, browsers, the page, and the files, made once and kept.
import { mkdtemp, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { launchProfile } from '../../support/browser.js'
import { createFileFolder, type SourceFile } from '../../support/files.js'
import { type Network, type NetworkKind, openNetwork } from '../network/open-network.js'
import type { BenchStore } from '../store/bench-store.js'
import { buildBenchPage } from './build-bench-page.js'

export interface Way {
  network: Network
  /** As a user has one, with a new profile: incognito ones do less ahead. */
  openBrowser(): Promise<OpenBrowser>
}

export interface OpenBrowser {
  context: BrowserContext
  close(): Promise<void>
}

export interface Stage {
  store: BenchStore
  /** Whether app servers have been in use before they are measured. */
  warmsApps: boolean
  pageFolder: string
  /** Opened when it is first asked for. */
  way(kind: NetworkKind): Promise<Way>
  /** Files of these sizes. The same names have the same bytes in every call. */
  files(sizes: number[]): Promise<SourceFile[]>
  /** Files of zeros that take no room on the disk. They have no SHA-256. */
  sparseFiles(sizes: number[]): Promise<SourceFile[]>
  close(): Promise<void>
}

export async function openStage(store: BenchStore, { warmsApps = false } = {}): Promise<Stage> {
  const pageFolder = await buildBenchPage()
  const folder = await createFileFolder()
  const ways = new Map<NetworkKind, Promise<Way>>()
  const made = new Map<string, Promise<SourceFile>>()
  const openWay = async (kind: NetworkKind): Promise<Way> => {
    const network = await openNetwork(kind, store.port)
    return { network, openBrowser: () => openBrowser(network) }
  }
  return {
    store,
    warmsApps,
    pageFolder,
    way: (kind) => remember(ways, kind, () => openWay(kind)),
    files: (sizes) =>
      Promise.all(
        sizes.map((size, index) => {
          const name = `${index + 1}-${size}.bin`
          return remember(made, name, () => folder.create(name, size))
        }),
      ),
    sparseFiles: (sizes) =>
      Promise.all(
        sizes.map(async (size, index) => {
          const { path, name } = await folder.create(`${index + 1}-${size}-zeros.bin`, 0)
          await truncate(path, size)
          return { path, name, size, sha256: '' }
        }),
      ),
    async close() {
      for (const { network } of await Promise.all(ways.values())) await network.close()
      await folder.remove()
      await rm(pageFolder, { recursive: true, force: true })
    },
  }
}

async function openBrowser({ browserArgument }: Network): Promise<OpenBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'partway-bench-profile-'))
  const context = await launchProfile(profile, [browserArgument])
  return {
    context,
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

function remember<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}
