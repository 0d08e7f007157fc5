// The versions that a project installs: those of the repository's lock file, which npm so has at hand without a network.
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type Packed, repository } from './pack.js'

/** An entry of a lock file. https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
interface LockedPackage {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  dev?: boolean
  bin?: Record<string, string>
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

/** `packages` of a lock file, by path. npm takes out what the project does not need. */
export async function lockFor(packed: Packed): Promise<Record<string, LockedPackage>> {
  const { packages } = (await readJson(join(repository, 'package-lock.json'))) as {
    packages: Record<string, LockedPackage>
  }
  const locked: Record<string, LockedPackage> = {}
  const ownFolder = `${relative(repository, packed.source)}/`
  for (const [path, { dev, ...entry }] of Object.entries(packages)) {
    if (path.startsWith('node_modules/') && !entry.link) locked[path] = entry
    // Where the package has a version of its own.
    else if (path.startsWith(ownFolder) && !dev) {
      locked[`node_modules/${packed.name}/${path.slice(ownFolder.length)}`] = entry
    }
  }
  const { version, bin, dependencies, peerDependencies } = (await readJson(
    join(packed.source, 'package.json'),
  )) as LockedPackage
  const { path, integrity } = packed
  const own = { version, resolved: `file:${path}`, integrity, bin, dependencies, peerDependencies }
  return { ...locked, [`node_modules/${packed.name}`]: own } as Record<string, LockedPackage>
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'))
}
