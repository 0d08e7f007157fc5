// The play of Break it: an upload that loses the network, the server and the page on its way, and still arrives.
// Each step waits for what the server tells of the parts. However the play ends, it mends everything.
import { callApp } from '../page/call-app.js'
import { delay } from '../page/delay.js'
import { countOf } from '../page/describe-amount.js'
import { compareWithS3 } from './compare-with-s3.js'
import { keepPlace } from './keep-place.js'
import type { PlayStage } from './play-stage.js'
import { NO_FAULTS, type Switches } from './switches.js'
import type { TestFileParts } from './test-file-parts.js'
import type { TestUpload } from './test-upload.js'

/** Slow enough to see each part in flight. */
export const PLAY_BYTES_PER_SECOND = 8 * 1024 ** 2
/** Of 24. */
const PARTS_BEFORE_OUTAGE = 4
const OUTAGE_MS = 3000
/** Long enough to read a sentence. */
const READ_MS = 2500
/** For the way to the reload, and from there to the end: each takes about 20 seconds. */
const LONGEST_MS = 180_000

export class Play {
  #stop: AbortController | undefined

  constructor(
    private readonly stage: PlayStage,
    private readonly switches: Switches,
    private readonly upload: TestUpload,
    private readonly parts: TestFileParts,
  ) {
    addEventListener('pagehide', () => {
      if (!this.isOn) return
      keepPlace({ isPlaying: true, key: parts.key })
      switches.mendOnLeave()
    })
  }

  get isOn(): boolean {
    return this.#stop !== undefined
  }

  /** Resolves when the play is over, and everything is mended. */
  async start(): Promise<void> {
    await this.#run((signal) => this.#playUntilReload(signal))
  }

  /** As {@link start}, after a reload in mid-play. @param key of the object, if the upload was in flight */
  async goOn(key: string | undefined): Promise<void> {
    await this.#run((signal) => this.#playAfterReload(key, signal))
  }

  /** Ends the play. The upload goes on. */
  stop(): void {
    this.#stop?.abort()
  }

  /** @param play resolves with the last sentence */
  async #run(play: (signal: AbortSignal) => Promise<string>): Promise<void> {
    if (this.isOn) return
    const { stage, switches } = this
    const stop = new AbortController()
    this.#stop = stop
    stage.isOn = true
    try {
      const last = await play(AbortSignal.any([stop.signal, AbortSignal.timeout(LONGEST_MS)]))
      await switches.mend()
      stage.show('done', last)
    } catch (error) {
      const last = describeEnd(error, stop.signal.aborted)
      stage.show(undefined, 'The play ends. Everything is being mended …')
      await switches.mend().then(
        () => stage.say(last),
        (refused: Error) => stage.say(refused.message),
      )
    } finally {
      stop.abort()
      this.#stop = undefined
      stage.isOn = false
    }
  }

  async #playUntilReload(signal: AbortSignal): Promise<string> {
    const { stage, switches, upload } = this
    await switches.set({ ...NO_FAULTS, bytesPerSecond: PLAY_BYTES_PER_SECOND })
    stage.show('upload', 'The page uploads a file of 192 MiB in 24 parts, six at a time.')
    const uploaded = upload.start(signal)
    const over = new AbortController()
    uploaded.catch(() => {}).finally(() => over.abort())
    await this.#breakThings(AbortSignal.any([signal, over.signal])).catch((error) => {
      // The upload has ended early: there is nothing left to break.
      if (!over.signal.aborted) throw error
    })
    return await this.#compare(await uploaded)
  }

  async #breakThings(signal: AbortSignal): Promise<void> {
    const { stage, switches, parts } = this
    await parts.until(() => parts.count('done') >= PARTS_BEFORE_OUTAGE, signal)

    await switches.set({ s3Down: true, serverDown: true })
    await parts.until(() => parts.count('sending') === 0, signal)
    stage.show('network', `The network is off. S3 keeps the ${parts.count('done')} parts that have arrived.`)
    await delay(OUTAGE_MS, signal)
    await switches.set({ s3Down: false, serverDown: false })
    stage.show('network', 'The network is back. The upload goes on with the parts that were lost.')
    await parts.until(() => parts.count('sending') > 0, signal)
    // S3 may have had one more than the page knew.
    const kept = parts.count('done')
    await parts.until(() => parts.count('done') > kept, signal)

    const before = parts.count('done')
    await callApp('/break-it/kill', {})
    stage.show(
      'server',
      'The server is killed. Parts that it has signed still go to S3. The picture below waits for the server.',
    )
    await parts.until(() => !parts.isConnected, signal)
    await parts.until(() => parts.isConnected && parts.count('done') > before, signal)
    const meanwhile = countOf(parts.count('done') - before, 'more part')
    stage.show('server', `The server is back. Meanwhile, ${meanwhile} reached S3.`)
    await delay(READ_MS, signal)

    stage.show('reload', `Now the page reloads in mid-upload. S3 has ${parts.count('done')} of the 24 parts.`)
    await delay(READ_MS, signal)
    location.reload()
    // The page is gone before this ends.
    await delay(LONGEST_MS, signal)
  }

  async #playAfterReload(before: string | undefined, signal: AbortSignal): Promise<string> {
    const { stage, switches, upload } = this
    stage.show('reload', 'The page is back. It sends only the parts that S3 does not have.')
    await switches.set({ ...NO_FAULTS, bytesPerSecond: PLAY_BYTES_PER_SECOND })
    // Without an unfinished upload, the last part arrived just before the reload.
    const key = (await upload.resume(signal)) ?? before
    if (!key) throw new Error('There is no upload to continue.')
    return await this.#compare(key)
  }

  async #compare(key: string): Promise<string> {
    this.stage.show('reload', 'All parts are on S3. The server computes the SHA-256 of the object …')
    await this.switches.mend()
    const sha256 = await compareWithS3(key)
    return `Done. The object on S3 has the SHA-256 of the file: ${sha256.slice(0, 8)}…`
  }
}

function describeEnd(error: unknown, isStopped: boolean): string {
  if (isStopped) return 'Stopped. Everything works again. An upload in flight goes on.'
  const isLate = error instanceof DOMException && error.name === 'TimeoutError'
  const why = isLate ? 'It took longer than three minutes.' : (error as Error).message
  return `${why} The play has ended, and everything works again.`
}
