// `@partway/uppy` with its defaults.
import Partway from '@partway/uppy'
import type { PrepareUpload } from '../page-client.js'
import { prepareUppy } from './run-uppy.js'

export const prepare: PrepareUpload = async (files) =>
  prepareUppy(files, (uppy) => uppy.use(Partway, { endpoint: '/uploads' }))
