// The controls of the faults. The server keeps the state; every open tab shows it.
import type { Faults } from '../../break-it/faults.js'
import { callApp } from '../page/call-app.js'
import { findElement } from '../page/create-element.js'
import type { Live } from '../page/live.js'

const flags = ['failures', 's3Down', 'serverDown', 'shortSignatures'] as const

export class Switches {
  /** `undefined`: the server has not said yet. */
  faults: Faults | undefined
  /** Resolves once it has. */
  readonly known: Promise<void>
  readonly #controls = findElement<HTMLFieldSetElement>('#break-it fieldset')
  readonly #bar = findElement('#broken')
  readonly #latency = findElement<HTMLSelectElement>('#latency')
  readonly #bandwidth = findElement<HTMLSelectElement>('#bandwidth')

  constructor(live: Live) {
    this.known = new Promise((resolve) => {
      live.on('faults', (faults) => {
        this.#show(faults)
        resolve()
      })
    })
    this.#latency.addEventListener('change', () => this.set({ latencyMs: Number(this.#latency.value) }))
    this.#bandwidth.addEventListener('change', () => {
      this.set({ bytesPerSecond: Number(this.#bandwidth.value) || null })
    })
    for (const flag of flags) {
      const input = this.#flag(flag)
      input.addEventListener('change', () => this.set({ [flag]: input.checked }))
    }
    findElement('#mend').addEventListener('click', () => {
      this.set({
        latencyMs: 0,
        bytesPerSecond: null,
        failures: false,
        s3Down: false,
        serverDown: false,
        shortSignatures: false,
      })
    })
  }

  async set(change: Partial<Faults>): Promise<void> {
    if (!this.faults) return
    const before = this.faults
    this.faults = { ...before, ...change }
    try {
      await callApp('/break-it', this.faults)
    } catch {
      // Nothing can be switched while the server is down.
      this.#show(before)
    }
  }

  #show(faults: Faults): void {
    this.faults = faults
    this.#controls.disabled = false
    this.#latency.value = String(faults.latencyMs)
    this.#bandwidth.value = String(faults.bytesPerSecond ?? 0)
    for (const flag of flags) this.#flag(flag).checked = faults[flag]
    this.#bar.hidden =
      faults.latencyMs === 0 && faults.bytesPerSecond === null && !flags.some((flag) => faults[flag])
  }

  #flag(name: (typeof flags)[number]): HTMLInputElement {
    return findElement<HTMLInputElement>(`#break-it input[name=${name}]`)
  }
}
