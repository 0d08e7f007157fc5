// Where the play is seen: its two buttons, its steps, and the line that says what happens now.
import { findElement } from '../page/create-element.js'

export type Step = 'upload' | 'network' | 'server' | 'reload' | 'done'

export class PlayStage {
  readonly #line = findElement('#break-it-status')
  readonly #steps = [...document.querySelectorAll<HTMLElement>('.steps [data-step]')]
  readonly #play = findElement<HTMLButtonElement>('#play')
  readonly #stop = findElement<HTMLButtonElement>('#stop')
  #isServerThere = true

  /** @param play called on a click while no play is on @param stop called on a click while one is */
  constructor(play: () => void, stop: () => void) {
    // `disabled` would take the focus from the button that was pressed.
    for (const [button, act] of [
      [this.#play, play],
      [this.#stop, stop],
    ] as const) {
      button.addEventListener('click', () => button.ariaDisabled !== 'true' && act())
    }
  }

  set isOn(isOn: boolean) {
    this.#play.ariaDisabled = String(isOn)
    this.#stop.ariaDisabled = String(!isOn)
  }

  say(text: string): void {
    this.#line.textContent = text
  }

  /** Says that the server is gone, and that it is back. */
  sayServerIs(isThere: boolean): void {
    if (!isThere) this.say('The server is gone. It comes back in a moment.')
    else if (!this.#isServerThere) this.say('The server is back.')
    this.#isServerThere = isThere
  }

  /** @param step `undefined`: none, the play is over before its end */
  show(step: Step | undefined, text: string): void {
    const current = this.#steps.findIndex((item) => item.dataset.step === step)
    for (const [index, item] of this.#steps.entries()) {
      item.dataset.state = index < current ? 'past' : ''
      item.ariaCurrent = index === current ? 'step' : null
    }
    this.say(text)
  }
}
