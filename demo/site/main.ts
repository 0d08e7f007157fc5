import Partway from '@partway/uppy'
import Uppy from '@uppy/core'
import '@uppy/core/css/style.min.css'
import Dashboard from '@uppy/dashboard'
import '@uppy/dashboard/css/style.min.css'
import { showStored } from './show-stored.js'
import './style.css'

const uppy = new Uppy()
  .use(Dashboard, { inline: true, target: '#drop', theme: 'auto', width: '100%', height: 420 })
  .use(Partway, { endpoint: '/uploads' })

uppy.on('upload-success', (file, response) => {
  if (file) showStored(file.name, response.uploadURL)
})
