// What the server allows, asked before the user picks files. No upload needs to know it: the server refuses what it
// does not want anyway.
import type { ChecksumKind, ConfigReply } from '@partway/server/protocol'
import type { Settings } from '../settings.js'
import { untilAborted } from '../transfer/until-aborted.js'
import { CALL_TIMEOUT_MS, callServer } from './call-server.js'

export type Limits = ConfigReply['limits']
/** How files are cut. */
export type PartRules = Pick<ConfigReply, 'partSize' | 'partsAtOnce'>

/** Any file may go in parts. */
const UNKNOWN_THRESHOLD = 0

/** The server's limits, as far as they are known. */
export class ServerConfig {
  /** `undefined` as long as the server has not told them. */
  limits: Limits | undefined
  /** Bytes; larger files go in parts. As long as the server has not told, any file may. */
  multipartThreshold = UNKNOWN_THRESHOLD
  /** How files are cut, about. `undefined` as long as the server has not told. */
  parts: PartRules | undefined
  /** What parts are sent with, if anything. Not as long as the server has not told. */
  checksum: ChecksumKind | undefined
  /** S3's. None as long as the server has not told. */
  storageOrigins: string[] = []
  #loading: Promise<void> | undefined
  #stop = new AbortController()
  #withdraw = () => {}
  #hasQuota = false

  /**
   * @param settings Asked for each call, because options can change.
   * @param apply Told what the server allows. Returns how to take it back.
   */
  constructor(
    private readonly settings: () => Settings,
    private readonly apply: (told: ConfigReply) => () => void,
    private readonly log: (message: string) => void,
  ) {}

  /** Asks the server, unless it has answered or is being asked. After a failure, the next call asks again. */
  load(): void {
    this.#loading ??= this.#fetch(this.#stop.signal)
  }

  /** Asks what is left of the quota, where there is one. What is known stands until the answer is there. */
  refreshQuota(): void {
    if (this.#hasQuota) this.#loading = this.#fetch(this.#stop.signal)
  }

  /** Takes the limits back and ends a call under way. */
  forget(): void {
    this.#stop.abort()
    this.#stop = new AbortController()
    this.#loading = undefined
    this.limits = undefined
    this.multipartThreshold = UNKNOWN_THRESHOLD
    this.parts = undefined
    this.checksum = undefined
    this.storageOrigins = []
    this.#hasQuota = false
    this.#withdraw()
    this.#withdraw = () => {}
  }

  /** Resolves when no call is under way, whatever came of it. Rejects with the signal's reason. */
  async settled(signal: AbortSignal): Promise<void> {
    await untilAborted(this.#loading, signal)
  }

  async #fetch(signal: AbortSignal): Promise<void> {
    try {
      const bounds = { timeoutMs: CALL_TIMEOUT_MS, signal }
      const told = await callServer<ConfigReply>(this.settings(), 'config', undefined, bounds)
      signal.throwIfAborted()
      this.#withdraw()
      this.#withdraw = this.apply(told)
      this.#hasQuota = told.quota !== undefined
      this.limits = told.limits
      this.multipartThreshold = told.multipartThreshold
      this.parts = told
      this.checksum = told.checksum === 'none' ? undefined : told.checksum
      this.storageOrigins = told.storageOrigins ?? []
    } catch (error) {
      if (signal.aborted) return
      this.#loading = undefined
      this.log(`Limits are not known before the upload: ${error}`)
    }
  }
}
