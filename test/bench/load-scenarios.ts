// Finds the scenarios.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scenario } from './scenario.js'

const folder = join(import.meta.dirname, 'scenarios')

/** By their files' names. */
export async function loadScenarios(): Promise<Scenario[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort()
  const modules = files.map((file) => import(join(folder, file)) as Promise<{ default: Scenario }>)
  return (await Promise.all(modules)).map((loaded) => loaded.default)
}
