// Files that outlive a power cut: when these functions return, the disk has what they wrote.
import { mkdir, open, rename, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Makes a folder where there is none, and those above it. */
export async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder)
  const firstMade = await mkdir(path, { recursive: true })
  if (firstMade === undefined) return
  for (let made = path; made !== dirname(firstMade); made = dirname(made)) await syncFolder(dirname(made))
}

/**
 * Replaces a file in one step: readers see the old text or the new one.
 * @param temporary a name on the same file system that nobody else uses
 */
export async function replaceFile(file: string, text: string, temporary: string): Promise<void> {
  await writeFile(temporary, text, { mode: 0o600, flush: true })
  await rename(temporary, file)
  await syncFolder(dirname(file))
}

/** Afterwards the disk knows which names are in the folder, and which are there no more. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders.
  if (process.platform === 'win32') return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
