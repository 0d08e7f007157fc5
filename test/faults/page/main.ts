// A page with one of the two uploaders and nothing else that could hide what they do. It notes Uppy's events.
import Partway from '@partway/uppy'
import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'

/** One of Uppy's events, as the tests read it. */
export interface SeenEvent {
  name: string
  /** Of the file. */
  file?: string
  /** Of an error. */
  message?: string
}

const query = new URLSearchParams(location.search)
const endpoint = `${location.origin}/uploads`
const uppy = new Uppy()
if (query.get('uploader') === 'partway') {
  let token = 'first'
  uppy.use(Partway, {
    endpoint,
    stallTimeoutMs: Number(query.get('stallTimeoutMs') ?? 30_000),
    headers: (refused) => {
      if (refused) token = 'second'
      return { authorization: `Bearer ${token}` }
    },
  })
} else {
  uppy.use(AwsS3, {
    companionEndpoint: endpoint,
    // As small a threshold as ours, and its own smallest part.
    shouldUseMultipart: ({ size }) => (size ?? 0) > 5 * 1024 ** 2,
  })
}

const seen: SeenEvent[] = []
uppy.on('upload-start', (files) => {
  for (const { name } of files) seen.push({ name: 'upload-start', file: name })
})
uppy.on('upload-success', (file) => seen.push({ name: 'upload-success', file: file?.name ?? '' }))
uppy.on('upload-error', (file, { message }) =>
  seen.push({ name: 'upload-error', file: file?.name ?? '', message }),
)
uppy.on('complete', () => seen.push({ name: 'complete' }))

const input = document.querySelector('input')
input?.addEventListener('change', () => {
  for (const file of input.files ?? []) uppy.addFile({ name: file.name, type: file.type, data: file })
})

Object.assign(window, {
  uppy,
  seen,
  /** Percent of all bytes, as Uppy shows it. */
  shownPercent: () => uppy.getState().totalProgress,
})
