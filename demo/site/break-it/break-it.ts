// Break it: the switches, the buttons, and the picture of the uploads.
import type { PartwayBody } from '@partway/uppy'
import type { Meta, Uppy } from '@uppy/core'
import { callApp } from '../page/call-app.js'
import { findElement } from '../page/create-element.js'
import type { Live } from '../page/live.js'
import { isTestFile, makeTestFile } from '../unfinished/test-file.js'
import { showParts } from './parts-picture.js'
import { Switches } from './switches.js'
import { showThroughput } from './throughput-chart.js'

const MiB = 1024 ** 2
const CONTINUE_AFTER_RELOAD = 'continue-test-file'

/** @returns whether the page was reloaded with "Reload now", so that the test file should resume by itself */
export function offerBreaking(uppy: Uppy<Meta, PartwayBody>, live: Live): boolean {
  const switches = new Switches(live)
  const status = findElement('#break-it-status')
  showParts(live)
  showThroughput(live)
  const onClick = (id: string, act: () => Promise<void>) => {
    findElement(id).addEventListener('click', () => {
      act().catch((error: Error) => {
        status.textContent = error.message
      })
    })
  }
  onClick('#send-test-file', async () => {
    await switches.known
    // At this machine's full speed it would end before anything could break.
    if (switches.faults?.bytesPerSecond === null) await switches.set({ bytesPerSecond: 8 * MiB })
    for (const file of uppy.getFiles()) {
      if (isTestFile({ name: file.name, size: file.size ?? 0 }) && file.progress.uploadComplete)
        uppy.removeFile(file.id)
    }
    const data = makeTestFile()
    uppy.addFile({ name: data.name, type: data.type, data })
    await uppy.upload()
  })
  onClick('#reload-now', async () => {
    sessionStorage.setItem(CONTINUE_AFTER_RELOAD, 'yes')
    location.reload()
  })
  onClick('#kill-server', async () => {
    await callApp('/break-it/kill', {})
  })
  live.on('connected', (isConnected) => {
    status.textContent = isConnected
      ? 'The server is there.'
      : 'The server is gone. It comes back in a moment.'
    status.dataset.connected = String(isConnected)
  })
  const wasReloaded = sessionStorage.getItem(CONTINUE_AFTER_RELOAD) === 'yes'
  sessionStorage.removeItem(CONTINUE_AFTER_RELOAD)
  return wasReloaded
}
