// A client of the W3C's WebDriver, with the few commands that the suite needs (https://www.w3.org/TR/webdriver2/#endpoints).
import { setTimeout as delay } from 'node:timers/promises'

export interface Session {
  capabilities: { browserVersion: string }
  /** Commands are for one window at a time: others wait. */
  inWindow<Result>(handle: string, run: () => Promise<Result>): Promise<Result>
  currentWindow(): Promise<string>
  newWindow(): Promise<string>
  closeWindow(): Promise<void>
  goto(url: string): Promise<void>
  reload(): Promise<void>
  back(): Promise<void>
  /** @param expression may be a promise */
  evaluate<Result>(expression: string): Promise<Result>
  click(selector: string): Promise<void>
  type(selector: string, text: string): Promise<void>
  close(): Promise<void>
}

interface Reply {
  value: unknown
}

/** Name of an element's id in replies. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

const CAPABILITIES = {
  // A navigation that becomes a download would be awaited for ever.
  alwaysMatch: { pageLoadStrategy: 'none', timeouts: { script: 120_000 } },
}

/** @param driver its origin; it may still be starting */
export async function openSession(driver: string): Promise<Session> {
  await untilReady(driver)
  const { sessionId, capabilities } = (await call(driver, 'POST', '/session', {
    capabilities: CAPABILITIES,
  })) as { sessionId: string; capabilities: Session['capabilities'] }
  const post = (path: string, body: object = {}) => call(driver, 'POST', `/session/${sessionId}${path}`, body)
  const remove = (path: string) => call(driver, 'DELETE', `/session/${sessionId}${path}`)

  async function evaluate<Result>(expression: string): Promise<Result> {
    const script = `const done = arguments[0];
      (async () => await ${expression})().then((value) => done({ value }), (error) => done({ error: String(error) }))`
    const reply = (await post('/execute/async', { script, args: [] })) as { value: Result; error?: string }
    if (reply.error) throw new Error(reply.error)
    return reply.value
  }

  async function find(selector: string): Promise<string> {
    const found = await post('/element', { using: 'css selector', value: selector })
    return (found as Record<string, string>)[ELEMENT] ?? ''
  }

  /** The driver awaits no page, so the one that is left is marked. */
  async function navigate(path: string, body?: object): Promise<void> {
    await evaluate('(window.isLeft = true)')
    await post(path, body)
    // At once: a script that is awaited while its page goes is never answered.
    const script = `return !window.isLeft && document.readyState === 'complete'`
    const isLoaded = () => post('/execute/sync', { script, args: [] }).catch(() => false)
    while (!(await isLoaded())) await delay(50)
  }

  let turn: Promise<unknown> = Promise.resolve()
  return {
    capabilities,
    evaluate,
    inWindow(handle, run) {
      const result = turn.then(async () => {
        await post('/window', { handle })
        return await run()
      })
      turn = result.catch(() => undefined)
      return result
    },
    currentWindow: async () => String(await call(driver, 'GET', `/session/${sessionId}/window`)),
    newWindow: async () => ((await post('/window/new', { type: 'tab' })) as { handle: string }).handle,
    async closeWindow() {
      await remove('/window')
    },
    goto: (url) => navigate('/url', { url }),
    reload: () => navigate('/refresh'),
    async back() {
      await post('/back')
    },
    async click(selector) {
      // The driver clicks where the element was: a smooth scroll would take it away.
      await evaluate(
        `document.querySelector(${JSON.stringify(selector)}).scrollIntoView({ block: 'center', behavior: 'instant' })`,
      )
      await post(`/element/${await find(selector)}/click`)
    },
    async type(selector, text) {
      await post(`/element/${await find(selector)}/value`, { text })
    },
    async close() {
      await remove('')
    },
  }
}

async function untilReady(driver: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      const { ready } = (await call(driver, 'GET', '/status')) as { ready: boolean }
      if (ready) return
    } catch (error) {
      if (tries === 100) throw error
    }
    await delay(100)
  }
}

async function call(driver: string, method: string, path: string, body?: object): Promise<unknown> {
  const reply = await fetch(`${driver}${path}`, {
    method,
    // WebKit's driver refuses a charset here.
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const { value } = (await reply.json()) as Reply
  if (!reply.ok) {
    const { error, message } = value as { error: string; message: string }
    throw new Error(`${method} ${path}: ${error}: ${message}`)
  }
  return value
}
