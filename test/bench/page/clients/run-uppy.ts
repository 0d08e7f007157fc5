// An Uppy with one uploader as an upload of the benchmark.
import Uppy from '@uppy/core'
import type { ReadyUpload } from '../page-client.js'

export type { Uppy }

/** @param use adds the uploader */
export function prepareUppy(files: File[], use: (uppy: Uppy) => void): ReadyUpload {
  const uppy = new Uppy()
  use(uppy)
  uppy.addFiles(files.map((file) => ({ name: file.name, type: file.type, data: file })))
  return {
    async run(finished) {
      uppy.on('upload-success', (file) => finished(file?.name ?? ''))
      const result = await uppy.upload()
      const [failed] = result?.failed ?? []
      if (failed) throw new Error(`${failed.name}: ${failed.error}`)
    },
  }
}
