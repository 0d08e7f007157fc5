// A page with nothing but the Dashboard and the plugin, as the quick start has it.
import Partway from '@partway/uppy'
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'

new Uppy()
  .use(Dashboard, { inline: true, target: '#drop', width: '100%' })
  .use(Partway, { endpoint: '/uploads' })
