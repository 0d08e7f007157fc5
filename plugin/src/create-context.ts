// What all files of a plugin share, put together.
import type { Body, Meta } from '@uppy/core/utils'
import { Admission } from './admission.js'
import type { Emitter } from './file-events.js'
import type { UploadContext } from './file-upload.js'
import type { Settings } from './options.js'
import { pageScheduler, Scheduler } from './scheduler.js'
import { createServerClient } from './server-client.js'
import type { ServerConfig } from './server-config.js'
import { UploadStore } from './upload-store.js'

/** Files that are read at the same time, to tell who they are. */
const READERS = 4
/** How long the user is told of something. */
const NOTICE_MS = 5000

/** @param plugin Speaks to the user, in the page's language. */
export function createContext<M extends Meta, B extends Body>(
  plugin: Emitter<M, B>,
  settings: () => Settings,
  config: ServerConfig,
): UploadContext {
  const { uppy } = plugin
  const log = (message: string) => uppy.log(`[Partway] ${message}`)
  return {
    server: createServerClient(settings, config, log),
    scheduler: pageScheduler,
    admission: new Admission(() => pageScheduler.limit),
    store: new UploadStore((message) => uppy.log(`[Partway] ${message}`, 'warning')),
    readers: new Scheduler(READERS),
    goesInParts: async (size, signal) => {
      await config.settled(signal)
      return size > config.multipartThreshold
    },
    settings,
    tell: (notice, values) => uppy.info(plugin.i18n(notice, values), 'info', NOTICE_MS),
    log,
  }
}
