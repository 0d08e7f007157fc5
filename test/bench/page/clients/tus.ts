// tus-js-client with its defaults, for six files at a time.
import { Upload } from 'tus-js-client'
import type { PrepareUpload } from '../page-client.js'

const AT_ONCE = 6

export const prepare: PrepareUpload = async (files) => ({
  async run(finished) {
    const rest = files.values()
    const work = async () => {
      for (const file of rest) {
        await upload(file)
        finished(file.name)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  },
})

function upload(file: File): Promise<void> {
  return new Promise((resolve, reject) => {
    const uploading = new Upload(file, {
      endpoint: '/uploads',
      metadata: { filename: file.name },
      onSuccess: () => resolve(),
      onError: reject,
    })
    void uploading.findPreviousUploads().then(([earlier]) => {
      if (earlier) uploading.resumeFromPreviousUpload(earlier)
      uploading.start()
    })
  })
}
