// What scenarios are played on: one S3, the ways to it, browsers, the page, and the files, made once and kept.
import { rm, truncate } from 'node:fs/promises'
import { launchNewProfile, type ProfiledBrowser } from '../../support/browser.js'
import { createFileFolder, type SourceFile } from '../../support/files.js'
import { type Network, type NetworkKind, openNetwork } from '../network/open-network.js'
import type { BenchStore } from '../store/bench-store.js'
import { buildBenchPage } from './build-bench-page.js'

export interface Way {
  network: Network
  openBrowser(): Promise<ProfiledBrowser>
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
    return { network, openBrowser: () => launchNewProfile([network.browserArgument]) }
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

function remember<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}
