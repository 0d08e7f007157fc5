// TypeScript in a project that was not set up for these packages in any way.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repository } from './pack.js'

const run = promisify(execFile)
const compiler = join(repository, 'node_modules/.bin/tsc')

export type Resolution = 'node16' | 'bundler'

/**
 * Compiles a source, and checks every declaration that it comes to.
 * @param libraries whatever else runs there, such as `dom`
 * @returns what is wrong; '' if nothing is
 * @throws if it is the compiler itself that fails
 */
export async function compile(
  folder: string,
  source: string,
  resolution: Resolution,
  libraries: string[],
): Promise<string> {
  const module = resolution === 'bundler' ? 'esnext' : resolution
  const strict = ['--strict', '--skipLibCheck', 'false', '--exactOptionalPropertyTypes']
  const modules = ['--module', module, '--moduleResolution', resolution]
  const environment = ['--target', 'es2023', '--lib', ['es2023', ...libraries].join()]
  const types = libraries.includes('dom') ? [] : ['--types', 'node']
  try {
    await run(compiler, [...strict, ...modules, ...environment, ...types, source], { cwd: folder })
    return ''
  } catch (error) {
    const { stdout } = error as { stdout?: string }
    if (!stdout) throw error
    return stdout
  }
}
