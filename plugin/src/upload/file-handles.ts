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
