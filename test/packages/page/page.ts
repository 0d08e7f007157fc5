// What a project with the plugin has: an uploader, and a list of what was uploaded. Files go at once, because without Uppy's
// style sheets, which no bundler here is asked for, its button cannot be reached.
import Partway, { type PartwayBody, PartwayError, type UnfinishedUpload } from '@partway/uppy'
import Uppy, { type Meta } from '@uppy/core'
import Dashboard from '@uppy/dashboard'

const uppy = new Uppy<Meta, PartwayBody>({ autoProceed: true })
  .use(Dashboard, { inline: true, target: '#drop' })
  .use(Partway, { endpoint: '/uploads' })

uppy.on('upload-success', (file, { body }) => {
  const name = document.createElement('strong')
  name.textContent = file?.name ?? ''
  const url = document.createElement('code')
  url.textContent = body?.location ?? ''
  const entry = document.createElement('li')
  entry.append(name, url)
  document.querySelector('#stored')?.append(entry)
})

uppy.on('upload-error', (_, error) => {
  if (error instanceof PartwayError) console.error(error.code)
})

/** Typed by the plugin's own name. */
export const unfinished: Promise<UnfinishedUpload[]> | undefined = uppy.getPlugin('Partway')?.unfinished()
