// What the demo keeps over a restart, besides objects.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The secret of cookies and tickets, so that they stay valid. Made if missing. */
export async function keepSecret(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'secret')
  const kept = await readText(file)
  if (/^[\w-]{43}$/.test(kept)) return kept
  const made = join(folder, `secret-${randomUUID()}`)
  await writeFile(made, randomBytes(32).toString('base64url'), { mode: 0o600, flush: true })
  await rename(made, file)
  // Another demo may have made one at the same time.
  return readText(file)
}

/** Port of the path to the embedded store at the last run; 0 if there was none. */
export async function keptPort(folder: string): Promise<number> {
  const text = await readText(join(folder, 'port'))
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : 0
}

/** Saves the port for {@link keptPort}. */
export async function keepPort(folder: string, port: number): Promise<void> {
  await writeFile(join(folder, 'port'), String(port))
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return ''
  }
}
