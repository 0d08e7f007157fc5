// A page in a browser: it has globals and module state of its own, and can be left at any moment.
import { fileURLToPath } from 'node:url'
import type UppyCore from '@uppy/core'
import { build, type InlineConfig } from 'vite'
import type PartwayPlugin from '../../../plugin/src/index.js'
import type { PartwayBody } from '../../../plugin/src/index.js'
import type { FakeChannel, FakeChannels } from '../fake-channel.js'
import type { FakeLocks } from '../fake-locks.js'
import { FakeRequest } from '../fake-request.js'
import type { FakeStorage } from '../fake-storage.js'
import type { World } from '../world.js'

export type Uppy = UppyCore<Record<string, unknown>, PartwayBody>
interface Code {
  Uppy: typeof UppyCore<Record<string, unknown>, PartwayBody>
  Partway: typeof PartwayPlugin<Record<string, unknown>, PartwayBody>
}
/** Runs the bundle: the parameters are its globals. */
export type Bundle = (...globals: unknown[]) => Code

/** What pages share: the browser, and all that is behind its network. */
export interface Browser {
  world: World
  locks: FakeLocks
  channels: FakeChannels
  localStorage: FakeStorage
  random: () => number
  /** Told of a call before the middleware is. */
  onCall(page: Page, init: RequestInit): void
  /** Told of a transfer before S3 is. */
  onTransfer(page: Page, request: FakeRequest): void
  /** S3's word has reached the page. */
  onStored(page: Page, request: FakeRequest): void
  /** What no code of the page has caught. */
  onUncaught(error: unknown): void
  /** The middleware's word has reached the page. */
  onReply(route: string, reply: unknown): void
}

const GLOBALS = [
  'globalThis window navigator indexedDB localStorage fetch XMLHttpRequest setTimeout clearTimeout addEventListener',
  'removeEventListener reportError AbortSignal MessageChannel BroadcastChannel crypto Math Worker',
]
  .join(' ')
  .split(' ')

/** The plugin's sources and Uppy as one script. */
export async function bundlePage(): Promise<Bundle> {
  const entry = fileURLToPath(new URL('page-entry.ts', import.meta.url))
  const config: InlineConfig = {
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'page' } },
  }
  const results = await build(config)
  const script = [results].flat().flatMap((result) => ('output' in result ? result.output : []))[0]
  if (script?.type !== 'chunk') throw new Error('The page was not bundled.')
  return new Function(...GLOBALS, `${script.code}\nreturn page`) as Bundle
}

/** Nothing that a page is told after it was left arrives. */
const never = new Promise<never>(() => {})

export class Page {
  readonly code: Code
  /** Calls to the middleware without a reply. */
  calls = 0
  readonly transfers = new Set<FakeRequest>()
  /** Transfers at a time, since this was last set to 0. */
  mostTransfers = 0
  readonly #left = new AbortController()
  readonly #events = new EventTarget()
  #channel: FakeChannel | undefined

  constructor(bundle: Bundle, browser: Browser) {
    const globals = this.#globals(browser)
    const values: Record<string, unknown> = { ...globals, globalThis: globals, window: globals }
    this.code = bundle(...GLOBALS.map((name) => values[name]))
  }

  get open(): boolean {
    return !this.#left.signal.aborted
  }

  /** It hears nothing from other tabs. */
  freeze(): void {
    this.#channel?.close()
  }

  tell(event: 'online' | 'offline'): void {
    this.#events.dispatchEvent(new Event(event))
  }

  /** As by a reload, a closed tab or a crash: the page's code does not hear of it. */
  leave(): void {
    this.#left.abort()
    this.#channel?.close()
    for (const request of this.transfers) {
      request.onloadend = null
      request.abort()
    }
  }

  #globals(browser: Browser): object {
    const page = this
    const { world } = browser
    const left = this.#left.signal
    const untilLeft = new Promise<void>((resolve) => left.addEventListener('abort', () => resolve()))
    return {
      navigator: {
        get onLine() {
          return navigator.onLine
        },
        locks: {
          query: () => browser.locks.query(),
          request: (name: string, options: LockOptions, granted: (lock: object | null) => unknown) =>
            browser.locks.request(
              name,
              { ...options, signal: options.signal ? AbortSignal.any([options.signal, left]) : left },
              // A page that is left has no locks.
              (lock) => (page.open || !lock ? Promise.race([granted(lock), untilLeft]) : undefined),
            ),
        },
      },
      localStorage: browser.localStorage,
      async fetch(url: string, init: RequestInit) {
        if (!page.open) return never
        page.calls++
        browser.onCall(page, init)
        const [outcome] = await Promise.allSettled([world.fetch(url, init)])
        page.calls--
        if (!page.open) return never
        if (outcome.status === 'rejected') throw outcome.reason
        const { value: response } = outcome
        if (response.ok) browser.onReply(url.replace('/uploads/', ''), await response.clone().json())
        return response
      },
      XMLHttpRequest: class extends FakeRequest {
        constructor() {
          super((request) => {
            if (!page.open) return
            page.transfers.add(request)
            page.mostTransfers = Math.max(page.mostTransfers, page.transfers.size)
            browser.onTransfer(page, request)
            world.receive(request)
          })
        }
        override respond(status: number, text?: string, headers?: string) {
          if (this.underWay && status === 204) browser.onStored(page, this)
          super.respond(status, text, headers)
          page.transfers.delete(this)
        }
        override abort() {
          page.transfers.delete(this)
          super.abort()
        }
      },
      setTimeout: (task: () => void, ms: number) => setTimeout(() => page.open && task(), ms),
      clearTimeout: (timer: NodeJS.Timeout) => clearTimeout(timer),
      addEventListener: this.#events.addEventListener.bind(this.#events),
      removeEventListener: this.#events.removeEventListener.bind(this.#events),
      reportError: browser.onUncaught,
      AbortSignal: {
        any: (signals: AbortSignal[]) => AbortSignal.any(signals),
        // On the clock of the world.
        timeout(ms: number) {
          const timeout = new AbortController()
          setTimeout(() => timeout.abort(new DOMException('Too late.', 'TimeoutError')), ms)
          return timeout.signal
        },
      },
      MessageChannel: PromptChannel,
      BroadcastChannel: function open() {
        page.#channel = browser.channels.open()
        return page.#channel
      },
      crypto: { getRandomValues: crypto.getRandomValues.bind(crypto) },
      // Math's own functions are not enumerable.
      Math: Object.assign(Object.create(Math), { random: browser.random }),
      Worker: undefined,
    }
  }
}

/** Node's own channels need an unknown number of turns of the event loop. */
class PromptChannel {
  readonly port1 = { onmessage: () => {}, close() {} }
  readonly port2 = { postMessage: () => void setImmediate(() => this.port1.onmessage()) }
}
