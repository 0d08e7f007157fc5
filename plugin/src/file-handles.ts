// File handles (File System Access API): with one, a page can read a file again after a restart of the browser.

/** Blobs are known to the page for as long as somebody has them. */
const handles = new WeakMap<Blob, FileSystemFileHandle>()

/**
 * Tells where a file came from, so that its upload can be continued after a restart without picking it again. Call
 * it before the upload starts.
 *
 * @param file from `handle.getFile()`, and the `data` of the file in Uppy
 */
export function rememberHandle(file: File, handle: FileSystemFileHandle): void {
  handles.set(file, handle)
}

/** `undefined`: the page did not tell. */
export function handleOf(data: Blob): FileSystemFileHandle | undefined {
  return handles.get(data)
}

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
