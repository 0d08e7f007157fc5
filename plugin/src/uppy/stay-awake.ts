// While files go up, the browser does not freeze the page, and the screen stays on where the page asks for it.

/** Browsers do not freeze a hidden page that holds a Web Lock. */
const LOCK = 'partway-awake'

/** The parts in use. Types do not say that they can be missing: on insecure origins, in old browsers, in Node. */
const page: { navigator?: Partial<Pick<Navigator, 'locks' | 'wakeLock'>>; document?: Document } = globalThis

export class StayAwake {
  #release: (() => void) | undefined
  #screenOn = false
  #screen: Promise<WakeLockSentinel | undefined> | undefined

  /** @param transferring Whether files go up. @param screenOn Whether the screen is to stay on for them. */
  update(transferring: boolean, screenOn: boolean): void {
    if (transferring && !this.#release) {
      const released = new Promise<void>((release) => {
        this.#release = release
      })
      // It may be refused, as in a sandboxed frame. Then the browser does as it likes.
      void page.navigator?.locks?.request(LOCK, { mode: 'shared' }, () => released).catch(() => {})
    } else if (!transferring) {
      this.#release?.()
      this.#release = undefined
    }
    const keepOn = transferring && screenOn
    if (keepOn === this.#screenOn) return
    this.#screenOn = keepOn
    if (keepOn) this.#keepScreenOn()
    else this.#letScreenSleep()
  }

  #keepScreenOn(): void {
    page.document?.addEventListener('visibilitychange', this.#lockScreen)
    this.#lockScreen()
  }

  /** The browser gives the lock back whenever the page is hidden, and refuses it then, or with an empty battery. */
  readonly #lockScreen = () => {
    if (page.document?.visibilityState !== 'visible') return
    this.#screen = page.navigator?.wakeLock?.request('screen').catch(() => undefined)
  }

  #letScreenSleep(): void {
    page.document?.removeEventListener('visibilitychange', this.#lockScreen)
    void this.#screen?.then((screen) => screen?.release())
    this.#screen = undefined
  }
}
