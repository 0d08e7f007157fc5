// An Uppy with one uploader as an upload of the benchmark.
import Uppy from '@uppy/core'
import type { ReadyUpload } from '../page-client.js'

export type { Uppy }

/**
 * @param use adds the uploader
 * @param atOnce Whether the files are added when they are started, as in a page with `autoProceed`, and not before.
 */
export function prepareUppy(files: File[], use: (uppy: Uppy) => void, atOnce = false): ReadyUpload {
  const uppy = new Uppy()
  use(uppy)
  return asUpload(uppy, files, atOnce)
}

/** @param uppy with its uploader */
export function asUpload(uppy: Uppy, files: File[], atOnce = false): ReadyUpload {
  const add = () => uppy.addFiles(files.map((file) => ({ name: file.name, type: file.type, data: file })))
  if (!atOnce) add()
  return {
    async run(finished) {
      if (atOnce) add()
      uppy.on('upload-success', (file) => finished(file?.name ?? ''))
      const result = await uppy.upload()
      const [failed] = result?.failed ?? []
      if (failed) throw new Error(`${failed.name}: ${failed.error}`)
    },
  }
}
