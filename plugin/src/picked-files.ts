// Files that the user has picked for an unfinished upload: they go on with it, whatever they are called.
import type { StoredUpload, UploadKey } from './stored-upload.js'

/** What a picked file goes on with. */
export interface PickedUpload
  extends Pick<
    StoredUpload,
    'ticket' | 'objectKey' | 'plan' | 'checksum' | 'untouchedFrom' | 'createdAt' | 'expiresAt'
  > {
  /** What this browser finds it by. `undefined`: it was begun in another one. */
  key: UploadKey | undefined
}

const picked = new WeakMap<Blob, PickedUpload>()

/** @param data the `data` of the file in Uppy */
export function pickFile(data: Blob, upload: PickedUpload): void {
  picked.set(data, upload)
}

/** `undefined`: nobody picked the file for anything. */
export function pickedFor(data: Blob): PickedUpload | undefined {
  return picked.get(data)
}

/** Once taken, the file is one like any other: when it is done and added again, it is uploaded anew. */
export function takePicked(data: Blob): PickedUpload | undefined {
  const upload = picked.get(data)
  picked.delete(data)
  return upload
}
