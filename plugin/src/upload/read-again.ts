// A file is read again by the handle that the page has told.
import { rememberHandle } from './file-handles.js'

/** What the types of TypeScript leave out. https://wicg.github.io/file-system-access/#api-filesystemhandle */
interface WithPermission {
  requestPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>
}

/**
 * Asks the user, which browsers allow only after a click.
 *
 * @param size Bytes.
 * @returns The file; `undefined` if the user says no, it is gone, or it is another file by now.
 */
export async function readAgain(handle: FileSystemFileHandle, size: number): Promise<File | undefined> {
  try {
    // Files that are the origin's own need no permission.
    const permission = await (handle as WithPermission).requestPermission?.({ mode: 'read' })
    if (permission !== undefined && permission !== 'granted') return undefined
    const file = await handle.getFile()
    if (file.size !== size) return undefined
    rememberHandle(file, handle)
    return file
  } catch {
    return undefined
  }
}
