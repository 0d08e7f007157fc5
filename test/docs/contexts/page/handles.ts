// Buttons, and a picker that gives a file of the page's own, whose handle is as real as one of the user's.
import Partway from '@partway/uppy'
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'

export const uppy = new Uppy()
  .use(Dashboard, { inline: true, target: '#drop' })
  .use(Partway, { endpoint: '/uploads' })
export const partway = uppy.getPlugin('Partway')

const button = (text: string) => {
  const made = Object.assign(document.createElement('button'), { textContent: text })
  document.body.append(made)
  return made
}
export const pickButton = button('Pick')
export const continueButton = button('Continue')

export async function showOpenFilePicker(_options: { multiple: boolean }): Promise<FileSystemFileHandle[]> {
  const folder = await navigator.storage.getDirectory()
  const handle = await folder.getFileHandle('own.txt', { create: true })
  const writable = await handle.createWritable()
  await writable.write(new Uint8Array(20 * 1024 ** 2))
  await writable.close()
  return [handle]
}
