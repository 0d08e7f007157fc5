// Where and with what something was measured.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, cpus, platform, totalmem } from 'node:os'
import { promisify } from 'node:util'

export interface Machine {
  cpu: string
  cores: number
  memoryGiB: number
  system: string
}

const run = promisify(execFile)
const measured = [
  '@partway/koa',
  '@partway/uppy',
  '@uppy/core',
  '@uppy/aws-s3',
  'uppy-aws-s3-5',
  '@uppy/companion',
  'tus-js-client',
]
const servers = ['@tus/server', '@tus/s3-store']

export function describeMachine(): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${arch()}`,
  }
}

/** @param browsers as they say it, by name */
export async function describeVersions(browsers: Record<string, string>): Promise<Record<string, string>> {
  const packages = await Promise.all(
    [...measured, ...servers].map(async (name) => [name, await versionOf(name)] as const),
  )
  const ceph = await run('radosgw', ['--version']).then(
    ({ stdout }) => /version (\S+)/.exec(stdout)?.[1] ?? stdout.trim(),
    () => 'none',
  )
  return { node: process.version.slice(1), ...browsers, ceph, ...Object.fromEntries(packages) }
}

/** Of the package that is installed: not all of them export their `package.json`. */
async function versionOf(name: string): Promise<string> {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  for (const folder of folders) {
    const text = await readFile(`${folder}/${name}/package.json`, 'utf8').catch(() => undefined)
    if (text) return (JSON.parse(text) as { version: string }).version
  }
  throw new Error(`${name} is not installed`)
}
