// A registry on loopback: our packages from their tarballs, and all others as they are installed here. With it, `npm install`
// does in an empty folder what it does for anybody, without a network.
import { spawn } from 'node:child_process'
import { createReadStream, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Served, serve } from '../server/serve.js'
import { type Packed, repository } from './pack.js'

/** A version of a package. */
interface Release {
  version: string
  /** Its folder, relative to the repository. */
  folder: string
  /** Its tarball. `undefined`: one is made of the folder. */
  tarball: string | undefined
}

/** By name, the one that most depend on first. */
type Releases = Map<string, Release[]>

interface LockEntry {
  /** If it is not in a folder of its own name. */
  name?: string
  version?: string
  link?: boolean
}

/** Give npm a cache folder of its own, so that it remembers none of this. */
export async function startRegistry(packed: Packed[]): Promise<Served> {
  const releases = await installedReleases()
  for (const { name, source, path } of packed) {
    const { version } = await readManifest(source)
    releases.set(name, [{ version, folder: source, tarball: path }])
  }
  return await serve((request, response) => {
    answer(releases, request, response).catch((error: Error) => response.destroy(error))
  })
}

/** Of all that the lock file has, in whatever folder. A platform's own packages are missing on the others. */
async function installedReleases(): Promise<Releases> {
  const lock = await readFile(join(repository, 'package-lock.json'), 'utf8')
  const { packages } = JSON.parse(lock) as { packages: Record<string, LockEntry> }
  const releases: Releases = new Map()
  // That one is at the top.
  const depthOf = (path: string) => path.split('/').length
  for (const path of Object.keys(packages).sort((one, other) => depthOf(one) - depthOf(other))) {
    const { name = path.split('node_modules/').at(-1) ?? '', version, link } = packages[path] as LockEntry
    if (link || !version || !path.includes('node_modules/') || !existsSync(join(repository, path))) continue
    const folder = join(repository, path)
    releases.set(name, [...(releases.get(name) ?? []), { version, folder, tarball: undefined }])
  }
  return releases
}

/** To `GET /name`, and to `GET /name/-/version.tgz`. */
async function answer(releases: Releases, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [name = '', file] = decodeURIComponent(request.url ?? '')
    .slice(1)
    .split('/-/')
  const found = releases.get(name)
  const release = found?.find(({ version }) => `${version}.tgz` === file)
  if (release) await sendTarball(release, response)
  else if (found && !file) await sendVersions(name, found, `http://${request.headers.host}`, response)
  else response.writeHead(404).end('{}')
}

async function sendVersions(name: string, found: Release[], origin: string, response: ServerResponse) {
  const described = found.map(async ({ version, folder }) => {
    const dist = { tarball: `${origin}/${name}/-/${version}.tgz` }
    return [version, { ...(await readManifest(folder)), dist }]
  })
  const versions = Object.fromEntries(await Promise.all(described))
  const packument = { name, 'dist-tags': { latest: found[0]?.version }, versions }
  response.setHeader('content-type', 'application/json').end(JSON.stringify(packument))
}

async function sendTarball({ folder, tarball }: Release, response: ServerResponse): Promise<void> {
  await pipeline(tarball ? createReadStream(tarball) : packFolder(folder), response)
}

function packFolder(folder: string): Readable {
  const name = basename(folder)
  return spawn('tar', ['-C', dirname(folder), `--exclude=${name}/node_modules`, '-czf', '-', name]).stdout
}

async function readManifest(folder: string): Promise<{ version: string }> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
}
