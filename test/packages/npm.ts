// npm, as a person calls it in a folder: without the workspace that `npm test` hands to all it starts.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** @returns what it printed. @throws if it fails, with what it said. */
export async function npm(folder: string, ...args: string[]): Promise<string> {
  const { npm_config_workspace: _, ...env } = process.env
  const { stdout } = await run('npm', args, { cwd: folder, env })
  return stdout
}
