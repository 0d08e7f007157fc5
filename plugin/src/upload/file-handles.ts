// File handles (File System Access API): with one, a page can read a file again after a browser restart.

/** Weak: a handle is kept only as long as its blob. */
const handles = new WeakMap<Blob, FileSystemFileHandle>()

/**
 * Remembers a file's handle, so that its upload can be continued after a restart without picking the file again. Call
 * it before the upload starts.
 *
 * @param file from `handle.getFile()`, and the `data` of the file in Uppy
 */
export function rememberHandle(file: File, handle: FileSystemFileHandle): void {
  handles.set(file, handle)
}

/** `undefined`: the page has not called {@link rememberHandle}. */
export function handleOf(data: Blob): FileSystemFileHandle | undefined {
  return handles.get(data)
}
