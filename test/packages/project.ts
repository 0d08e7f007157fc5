// An empty project outside the repository, in which npm installs packed packages, as for anyone else.
import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockFor } from './lock.js'
import { npm } from './npm.js'
import type { Packed } from './pack.js'

export interface Project {
  folder: string
  remove(): Promise<void>
}

/** Aliases of a project whose page has Uppy 5. */
export const uppy5 = { '@uppy/core': 'uppy-core-5', '@uppy/dashboard': 'uppy-dashboard-5' }

/**
 * @param sources folder whose files the project gets
 * @param others names of what it installs besides, in the versions of the repository
 * @param aliases as {@link lockFor}
 */
export async function createProject(
  sources: string,
  packed: Packed[],
  others: string[],
  aliases: Record<string, string> = {},
): Promise<Project> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'partway-project-')))
  await cp(sources, folder, { recursive: true })
  const locked = await lockFor(packed, aliases)
  const dependencies = Object.fromEntries([
    ...packed.map(({ name, path }) => [name, `file:${path}`]),
    ...others.map((name) => [name, locked[`node_modules/${name}`]?.version]),
  ])
  const manifest = { name: 'project', version: '1.0.0', private: true, type: 'module', dependencies }
  const lock = { lockfileVersion: 3, requires: true, packages: { '': manifest, ...locked } }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock))
  await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund')
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
