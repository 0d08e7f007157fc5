// The plugin, imported only when asked for, so that the page of the baseline has nothing of it.
import Partway from '@partway/uppy'
import type { Uppy } from '@uppy/core'

export function use(uppy: Uppy): void {
  uppy.use(Partway, { endpoint: '/uploads' })
}
