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
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** `packages` of a lock file, by path. */
type Locked = Record<string, LockedPackage>

/**
 * npm takes out what the project does not need.
 *
 * @param aliases what the repository calls packages of which it has several versions, by their names: `{ koa: 'koa-2' }`
 */
export async function lockFor(packed: Packed[], aliases: Record<string, string>): Promise<Locked> {
  const { packages } = (await readJson(join(repository, 'package-lock.json'))) as {
    packages: Locked
  }
  const locked: Locked = {}
  for (const [path, { dev, ...entry }] of Object.entries(packages)) {
    if (path.startsWith('node_modules/') && !entry.link) locked[path] = entry
    // Where the package has a version of its own.
    const owner = packed.find(({ source }) =>
      path.startsWith(`${relative(repository, source)}/node_modules/`),
    )
    if (owner && !dev)
      locked[`node_modules/${owner.name}/${relative(owner.source, join(repository, path))}`] = entry
  }
  for (const [name, alias] of Object.entries(aliases)) rename(locked, alias, name)
  for (const own of packed) locked[`node_modules/${own.name}`] = await describe(own)
  return locked
}

async function describe({ source, path, integrity }: Packed): Promise<LockedPackage> {
  const { version, bin, dependencies, peerDependencies, peerDependenciesMeta } = (await readJson(
    join(source, 'package.json'),
  )) as LockedPackage
  const needed = { dependencies, peerDependencies, peerDependenciesMeta }
  return { version, resolved: `file:${path}`, integrity, bin, ...needed } as LockedPackage
}

/** The package takes the place of the other, with what it has in folders of its own. */
function rename(locked: Locked, from: string, to: string): void {
  const isOf = (name: string) => (path: string) => `${path}/`.startsWith(`node_modules/${name}/`)
  for (const path of Object.keys(locked).filter(isOf(to))) delete locked[path]
  for (const path of Object.keys(locked).filter(isOf(from))) {
    locked[path.replace(from, to)] = locked[path] as LockedPackage
    delete locked[path]
  }
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'))
}
