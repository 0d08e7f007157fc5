// The controls of the faults. The server keeps the state, and every open tab shows it.
import type { Faults } from '../../break-it/faults.js'
import { AppError, callApp } from '../page/call-app.js'
import { findElement } from '../page/create-element.js'
import { delay } from '../page/delay.js'
import type { Live } from '../page/live.js'

const flags = ['failures', 's3Down', 'serverDown', 'shortSignatures'] as const
/** How often {@link Switches.mend} asks a server that is down. */
const ASK_AGAIN_MS = 500

export const NO_FAULTS: Faults = {
  latencyMs: 0,
  bytesPerSecond: null,
  failures: false,
  s3Down: false,
  serverDown: false,
  shortSignatures: false,
}

export class Switches {
  /** `undefined` until the server has sent them. */
  faults: Faults | undefined
  /** Resolves when the server has sent the faults. */
  readonly known: Promise<void>
  readonly #controls = findElement<HTMLFieldSetElement>('#break-it fieldset')
  readonly #bar = findElement('#broken')
  readonly #latency = findElement<HTMLSelectElement>('#latency')
  readonly #bandwidth = findElement<HTMLSelectElement>('#bandwidth')
  /** Settles when the server has answered all changes so far. */
  #sent: Promise<void> = Promise.resolve()

  /** @param onError called when the server does not take what the user switches */
  constructor(live: Live, onError: (error: Error) => void) {
    this.known = new Promise((resolve) => {
      live.on('faults', (faults) => {
        this.#show(faults)
        resolve()
      })
    })
    const onChange = (control: HTMLElement, read: () => Partial<Faults>) => {
      control.addEventListener('change', () => this.set(read()).catch(onError))
    }
    onChange(this.#latency, () => ({ latencyMs: Number(this.#latency.value) }))
    onChange(this.#bandwidth, () => ({ bytesPerSecond: Number(this.#bandwidth.value) || null }))
    for (const flag of flags) onChange(this.#flag(flag), () => ({ [flag]: this.#flag(flag).checked }))
  }

  /**
   * Changes the named faults, after the changes before.
   * @throws Error with a sentence for the user if the server does not take it: the controls then show the state before.
   */
  set(change: Partial<Faults>): Promise<void> {
    const sent = this.#sent.then(() => this.#send(change))
    this.#sent = sent.catch(() => {})
    return sent
  }

  /** Ends all faults. Waits for a server that is down. @throws Error with a sentence for the user if the server refuses */
  async mend(): Promise<void> {
    for (;;) {
      try {
        return await this.set(NO_FAULTS)
      } catch (error) {
        if (!(error instanceof AppError && error.isDown)) throw error
        await delay(ASK_AGAIN_MS)
      }
    }
  }

  /** As {@link mend}, for a page that is closed now: nobody waits for the answer. */
  mendOnLeave(): void {
    navigator.sendBeacon('/break-it', new Blob([JSON.stringify(NO_FAULTS)], { type: 'application/json' }))
  }

  async #send(change: Partial<Faults>): Promise<void> {
    const before = this.faults ?? NO_FAULTS
    this.faults = { ...before, ...change }
    try {
      await callApp('/break-it', this.faults)
    } catch (error) {
      this.#show(before)
      throw error
    }
  }

  #show(faults: Faults): void {
    this.faults = faults
    this.#controls.disabled = false
    this.#latency.value = String(faults.latencyMs)
    this.#bandwidth.value = String(faults.bytesPerSecond ?? 0)
    for (const flag of flags) this.#flag(flag).checked = faults[flag]
    const isBroken =
      faults.latencyMs > 0 || faults.bytesPerSecond !== null || flags.some((flag) => faults[flag])
    const hadFocus = this.#bar.contains(document.activeElement)
    this.#bar.hidden = !isBroken
    if (hadFocus && !isBroken) findElement('#break-it-title').focus({ preventScroll: true })
  }

  #flag(name: (typeof flags)[number]): HTMLInputElement {
    return findElement<HTMLInputElement>(`#break-it input[name=${name}]`)
  }
}
