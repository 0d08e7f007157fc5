// The server's limits, fetched before the user picks files. Uploads do not depend on them: the server enforces them anyway.
import type { ChecksumKind, ConfigReply } from '@partway/server/protocol'
import type { Settings } from '../settings.js'
import { untilAborted } from '../transfer/until-aborted.js'
import { CALL_TIMEOUT_MS, callServer } from './call-server.js'

export type Limits = ConfigReply['limits']

/** Any file may go in parts. */
const UNKNOWN_THRESHOLD = 0

/** The server's limits, as far as known. */
export class ServerConfig {
  /** `undefined` until the server has answered. */
  limits: Limits | undefined
  /** Bytes; larger files go in parts. Until the server has answered, any file may. */
  multipartThreshold = UNKNOWN_THRESHOLD
  /** The checksum that parts are sent with, if any. `undefined` until the server has answered. */
  checksum: ChecksumKind | undefined
  /** S3's origins. Empty until the server has answered. */
  storageOrigins: string[] = []
  #loading: Promise<void> | undefined
  #stop = new AbortController()
  #withdraw = () => {}
  #hasQuota = false

  /**
   * @param settings Read for each call, because options can change.
   * @param apply Applies what the server allows. Returns a function that undoes it.
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

  /** Asks what is left of the quota, if there is one. The known limits apply until the answer arrives. */
  refreshQuota(): void {
    if (this.#hasQuota) this.#loading = this.#fetch(this.#stop.signal)
  }

  /** Withdraws the limits and aborts a call in flight. */
  forget(): void {
    this.#stop.abort()
    this.#stop = new AbortController()
    this.#loading = undefined
    this.limits = undefined
    this.multipartThreshold = UNKNOWN_THRESHOLD
    this.checksum = undefined
    this.storageOrigins = []
    this.#hasQuota = false
    this.#withdraw()
    this.#withdraw = () => {}
  }

  /** Resolves when no call is in flight, whatever its outcome. Rejects with the signal's reason. */
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
      this.checksum = told.checksum === 'none' ? undefined : told.checksum
      this.storageOrigins = told.storageOrigins ?? []
    } catch (error) {
      if (signal.aborted) return
      this.#loading = undefined
      this.log(`Limits are not known before the upload: ${error}`)
    }
  }
}
