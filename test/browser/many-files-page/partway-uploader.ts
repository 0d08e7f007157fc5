// In a script of its own, so that a profile tells the plugin's functions from all others.
import Partway from '@partway/uppy'
import type { Uppy } from '@uppy/core'

export function use(uppy: Uppy): void {
  uppy.use(Partway, { endpoint: '/uploads' })
}
