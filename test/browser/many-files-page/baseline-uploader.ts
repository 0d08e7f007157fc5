// What any uploader costs: one that sends nothing and emits the events of each file, in a task of its own.
import type { Uppy } from '@uppy/core'

export function use(uppy: Uppy): void {
  uppy.addUploader(async (fileIds) => {
    const files = uppy.getFilesByIds(fileIds)
    uppy.emit('upload-start', files)
    for (const { id } of files) {
      await nextTask()
      const file = uppy.getFile(id)
      const bytesTotal = file.size ?? 0
      const progress = { uploadStarted: Date.now(), bytesUploaded: bytesTotal, bytesTotal }
      uppy.emit('upload-progress', file, progress)
      const uploadURL = `https://s3.example/${id}`
      uppy.emit('upload-success', uppy.getFile(id), { status: 200, body: {}, uploadURL })
    }
  })
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
