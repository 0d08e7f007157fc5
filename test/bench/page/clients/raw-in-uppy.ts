// The ceiling of Uppy's uploaders: as `raw`, and Uppy is told of each file when it is done, and of nothing else.
import type { PrepareUpload } from '../page-client.js'
import { prepare as prepareRaw } from './raw.js'
import { prepareUppy } from './run-uppy.js'

export const prepare: PrepareUpload = async (files, plan) => {
  const raw = await prepareRaw(files, plan)
  return prepareUppy(files, (uppy) => {
    uppy.addUploader(async () => {
      const byName = new Map(uppy.getFiles().map((file) => [file.name, file]))
      await raw.run((name) => {
        uppy.emit('upload-success', byName.get(name), { status: 204 })
      })
    })
  })
}
