// Uppy with the plugin or with the stock one, as the query says, and a record of Uppy's events.
import Partway from '@partway/uppy'
import AwsS3 from '@uppy/aws-s3'
import Uppy, { type Body, type Meta, type UppyEventMap, type UppyFile } from '@uppy/core'
import Dashboard from '@uppy/dashboard'

type Event = keyof UppyEventMap<Meta, Body>
type Listener<E extends Event> = UppyEventMap<Meta, Body>[E]

const MiB = 1024 ** 2
const { plugin, uppyOptions, pluginOptions } = JSON.parse(
  new URLSearchParams(location.search).get('setup') ?? '{}',
)

const uppy = new Uppy(uppyOptions).use(Dashboard, { inline: true, target: '#drop' })
if (plugin === '@partway/uppy') uppy.use(Partway, { endpoint: '/uploads', ...pluginOptions })
else {
  uppy.use(AwsS3, {
    companionEndpoint: `${location.origin}/uploads`,
    shouldUseMultipart: ({ size }) => (size ?? 0) > 8 * MiB,
    ...pluginOptions,
  })
}

const events: string[] = []
const progress: { bytesUploaded: number | false; bytesTotal: number | null; uploadStarted: number | null }[] =
  []
const names = (files: (Pick<UppyFile<Meta, Body>, 'name'> | undefined)[] = []) =>
  files.map((file) => file?.name).join()

uppy.on('upload', (_id, files) => events.push(`upload ${names(files)}`))
uppy.on('upload-start', (files) => events.push(`upload-start ${names(files)}`))
uppy.on('upload-progress', (_file, report) => progress.push({ ...report }))
uppy.on('upload-success', (file) => events.push(`upload-success ${file?.name}`))
uppy.on('upload-error', (file, error) => events.push(`upload-error ${file?.name} ${typeof error.message}`))
uppy.on('upload-pause', (file, isPaused) => events.push(`upload-pause ${file?.name} ${isPaused}`))
uppy.on('upload-retry', (file) => events.push(`upload-retry ${file.name}`))
uppy.on('pause-all', () => events.push('pause-all'))
uppy.on('resume-all', () => events.push('resume-all'))
uppy.on('cancel-all', () => events.push('cancel-all'))
uppy.on('retry-all', (files) => events.push(`retry-all ${names(files)}`))
uppy.on('file-removed', (file) => events.push(`file-removed ${file.name}`))
uppy.on('error', () => events.push('error'))
uppy.on('complete', ({ successful, failed, uploadID }) =>
  events.push(`complete ${names(successful)}|${names(failed)} ${typeof uploadID}`),
)

const harness = {
  uppy,
  /** In order, without progress. */
  events,
  /** Of all files. */
  progress,
  /** @returns its id. */
  add(name: string, size: number, meta: Meta = {}): string {
    return uppy.addFile({ name, type: 'text/plain', data: new Blob([new Uint8Array(size)]), meta })
  },
  /** Until the event comes with arguments that fit. */
  until<E extends Event>(event: E, fits: (...args: Parameters<Listener<E>>) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const listener = (...args: Parameters<Listener<E>>) => {
        if (!fits(...args)) return
        uppy.off(event, listener as Listener<E>)
        resolve()
      }
      uppy.on(event, listener as Listener<E>)
    })
  },
  /** Until some of a file has left. */
  untilUnderWay: (): Promise<void> =>
    harness.until('upload-progress', (_file, { bytesUploaded }) => Number(bytesUploaded) > 0),
}

export type Harness = typeof harness

Object.assign(window, { harness })
