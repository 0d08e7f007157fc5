// Break it: the play, the switches and buttons, and the picture of the uploads.
import type { PartwayBody } from '@partway/uppy'
import type { Meta, Uppy } from '@uppy/core'
import { callApp } from '../page/call-app.js'
import { findElement } from '../page/create-element.js'
import type { Live } from '../page/live.js'
import type { UnfinishedList } from '../unfinished/unfinished-list.js'
import { keepPlace, returnToPlace } from './keep-place.js'
import { showParts } from './parts-picture.js'
import { PLAY_BYTES_PER_SECOND, Play } from './play.js'
import { PlayStage } from './play-stage.js'
import { Switches } from './switches.js'
import { TestFileParts } from './test-file-parts.js'
import { TestUpload } from './test-upload.js'
import { showThroughput } from './throughput-chart.js'

/**
 * @returns Continues what a reload interrupted. Call it once `live` is open. It returns `false` if there is nothing to
 * continue.
 */
export function offerBreaking(
  uppy: Uppy<Meta, PartwayBody>,
  live: Live,
  unfinished: UnfinishedList,
): () => boolean {
  const stage = new PlayStage(
    () => void play.start(),
    () => play.stop(),
  )
  const sayError = ({ message }: Error) => stage.say(message)
  const switches = new Switches(live, sayError)
  const upload = new TestUpload(uppy, unfinished)
  const parts = new TestFileParts(live)
  const play = new Play(stage, switches, upload, parts)
  showParts(live)
  showThroughput(live)
  live.on('connected', (isConnected) => {
    if (!play.isOn) stage.sayServerIs(isConnected)
  })

  const onClick = (id: string, act: () => Promise<unknown>) => {
    findElement(id).addEventListener('click', () => act().catch(sayError))
  }
  onClick('#mend', () => {
    play.stop()
    return switches.mend()
  })
  onClick('#send-test-file', async () => {
    await switches.known
    // At full speed, the upload would end before anybody could break it.
    if (switches.faults?.bytesPerSecond === null) {
      await switches.set({ bytesPerSecond: PLAY_BYTES_PER_SECOND })
    }
    upload.start(new AbortController().signal)
  })
  onClick('#reload-now', async () => {
    keepPlace({ isPlaying: play.isOn })
    location.reload()
  })
  onClick('#kill-server', () => callApp('/break-it/kill', {}))

  return () => {
    const kept = returnToPlace()
    if (kept?.isPlaying) void play.goOn(kept.key)
    else if (kept) unfinished.continueTestFile().catch(sayError)
    return kept !== undefined
  }
}
