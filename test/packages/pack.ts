// The packages as they would be published: `npm pack`.
import { join } from 'node:path'
import { npm } from './npm.js'

export interface Packed {
  name: string
  /** Of the package in the repository. */
  source: string
  /** The tarball. */
  path: string
  /** Of the tarball, as lock files have it. */
  integrity: string
  /** Paths in the package. */
  files: string[]
}

interface PackReport {
  name: string
  filename: string
  integrity: string
  files: { path: string }[]
}

export type PackageFolder = 'server/core' | 'server/koa' | 'server/cli' | 'plugin' | 'demo/storage'

export const repository = join(import.meta.dirname, '../..')

/** @param folder where the package is in the repository @param destination where the tarball goes */
export async function pack(folder: PackageFolder, destination: string): Promise<Packed> {
  const source = join(repository, folder)
  const report = await npm(
    source,
    'pack',
    '--json',
    '--foreground-scripts=false',
    '--pack-destination',
    destination,
  )
  const [packed] = JSON.parse(report) as PackReport[]
  if (!packed) throw new Error(`npm packed nothing: ${report}`)
  const { name, filename, integrity, files } = packed
  return { name, source, path: join(destination, filename), integrity, files: files.map(({ path }) => path) }
}
