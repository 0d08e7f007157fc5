// Builds what all files of a plugin share.
import type { Body, Meta } from '@uppy/core'
import { prepareChecksums } from '../checksums/checksum.js'
import { ClientError } from '../errors.js'
import { createServerClient } from '../server/server-client.js'
import type { ServerConfig } from '../server/server-config.js'
import type { Settings } from '../settings.js'
import { LimitLease } from '../transfer/limit-lease.js'
import { preconnect } from '../transfer/preconnect.js'
import type { Notify } from '../transfer/retry.js'
import { pageScheduler, Scheduler } from '../transfer/scheduler.js'
import { Admission } from '../upload/admission.js'
import type { FileUpload, UploadContext } from '../upload/file-upload.js'
import { KeptHandles } from '../upload/kept-handles.js'
import { broadcastChanged } from '../upload/tabs.js'
import { callListeners } from './call-listeners.js'
import type { Emitter } from './file-state.js'

/** Files that are read at the same time to identify them. */
const READERS = 4
/** How long a notice is shown. */
const NOTICE_MS = 5000

/**
 * @param plugin Shows notices to the user, in the page's language.
 * @param showWaiting Called with the reason, each time that something has to wait.
 */
export function createContext<M extends Meta, B extends Body>(
  plugin: Emitter<M, B>,
  settings: () => Settings,
  config: ServerConfig,
  showWaiting: (why: string) => void,
): UploadContext {
  const { uppy } = plugin
  const log = (message: string) => callListeners(() => uppy.log(`[Partway] ${message}`))
  const notify = createNotify(plugin, showWaiting)
  const goesInParts = ({ data, record }: Pick<FileUpload, 'data' | 'record'>) =>
    record
      ? record.kind === 'multipart'
      : config.limits !== undefined && data.size > config.multipartThreshold
  const admission = new Admission(pageScheduler, goesInParts, (inParts) => server.flushCompletes(inParts))
  const moreToCome = (inParts: boolean) => admission.hasSmallFiles(inParts)
  const server = createServerClient(settings, config, pageScheduler.health, moreToCome, { log, notify })
  return {
    server,
    scheduler: pageScheduler,
    admission,
    handles: new KeptHandles(log),
    discarding: new Set(),
    limitLease: new LimitLease(pageScheduler, () => settings().limit),
    readers: new Scheduler(READERS),
    goesInParts: async (size, signal) => {
      await config.settled(signal)
      const inParts = size > config.multipartThreshold
      if (config.checksum) prepareChecksums(inParts ? config.checksum : 'md5')
      return inParts
    },
    sendsChecksums: () => config.checksum !== undefined,
    preconnect: () => preconnect(config.storageOrigins),
    changed: broadcastChanged,
    settings,
    notify,
    log,
  }
}

/** Rarely repeats a notice about the same file: all parts of all files wait for the same network. */
function createNotify<M extends Meta, B extends Body>(
  plugin: Emitter<M, B>,
  showWaiting: (why: string) => void,
): Notify {
  const shown = new Map<string, number>()
  return (notice, values, reason) => {
    // Read each time: the page may change its language.
    const { uppy, i18n } = plugin
    const message = i18n(notice, values)
    // A notice with a name is about one file only: the others are not waiting.
    if (values.name === undefined) showWaiting(message)
    const subject = `${notice} ${values.name ?? ''}`
    if (performance.now() - (shown.get(subject) ?? Number.NEGATIVE_INFINITY) < NOTICE_MS * 2) return
    shown.set(subject, performance.now())
    const details = reason instanceof ClientError ? i18n(reason.code, reason.values) : reason?.message
    callListeners(() => uppy.info(details ? { message, details } : message, 'info', NOTICE_MS))
  }
}
