// `@partway/uppy` in a page that lists what is unfinished, and uploads files when they are added.
import Partway from '@partway/uppy'
import type { PrepareUpload } from '../page-client.js'
import { prepareUppy } from './run-uppy.js'

export const prepare: PrepareUpload = async (files) =>
  prepareUppy(
    files,
    (uppy) => void uppy.use(Partway, { endpoint: '/uploads' }).getPlugin('Partway')?.unfinished(),
    true,
  )
