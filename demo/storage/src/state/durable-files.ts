// Writes files that survive a power cut: when a function returns, the disk has what it wrote.
import { mkdir, open, rename, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Makes a folder and its parents, if missing. */
export async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder)
  const firstMade = await mkdir(path, { recursive: true })
  if (firstMade === undefined) return
  for (let made = path; made !== dirname(firstMade); made = dirname(made)) await syncFolder(dirname(made))
}

/**
 * Replaces a file in one step: readers see the old text or the new one.
 * @param temporary a name on the same file system, not used by anything else
 */
export async function replaceFile(file: string, text: string, temporary: string): Promise<void> {
  await writeFile(temporary, text, { mode: 0o600, flush: true })
  await rename(temporary, file)
  await syncFolder(dirname(file))
}

/** Writes the folder's added and removed names to the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders.
  if (process.platform === 'win32') return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
