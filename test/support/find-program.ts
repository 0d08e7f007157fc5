// Programs that some tests need and a machine may lack.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The program on the PATH, or `undefined`. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}
