// What the demo keeps beside the objects over a restart.
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The secret of cookies and tickets, so that they stay valid. Made where there is none. */
export async function keepSecret(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'secret')
  try {
    await writeFile(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFile(file, 'utf8')
}

/** Where the embedded store listened the last time; 0 if there was none. */
export async function keptPort(folder: string): Promise<number> {
  try {
    return Number(await readFile(join(folder, 'port'), 'utf8')) || 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return 0
  }
}

/** For {@link keptPort}. */
export async function keepPort(folder: string, port: number): Promise<void> {
  await writeFile(join(folder, 'port'), String(port))
}
