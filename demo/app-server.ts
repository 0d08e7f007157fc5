// The HTTP server of the app: listens before the app is ready, and can be killed and started again on its port.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { DemoApp } from './app.js'
import { DemoError } from './demo-error.js'

/** Long enough to be seen. */
const DOWN_MS = 4000

export class AppServer {
  #app: DemoApp | undefined
  #createApp: (() => DemoApp) | undefined
  #comingBack: Promise<void> | undefined
  readonly #closing = new AbortController()

  private constructor(
    private server: Server,
    readonly port: number,
    private readonly host: string,
  ) {}

  /** @throws DemoError if the port is not available */
  static async listen(port: number, host: string): Promise<AppServer> {
    const server = await listen(port, host)
    return new AppServer(server, (server.address() as AddressInfo).port, host)
  }

  serve(createApp: () => DemoApp): void {
    this.#createApp = createApp
    this.#app = createApp()
    this.server.off('request', askToComeAgain).on('request', this.#app.app.callback())
  }

  /** Ends all connections and answers nothing for some seconds; then starts a new app, without the old one's state. */
  kill(): void {
    this.#comingBack ??= this.#comeBack().finally(() => {
      this.#comingBack = undefined
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#comingBack
    // A page that reads slowly must not hold up Ctrl-C.
    await Promise.race([this.#app?.close(), delay(5000, undefined, { ref: false })])
    await end(this.server)
  }

  async #comeBack(): Promise<void> {
    const dead = this.#app
    await end(this.server)
    void dead?.close()
    const { signal } = this.#closing
    await delay(DOWN_MS, undefined, { signal }).catch(() => {})
    this.server = await listen(this.port, this.host)
    if (this.#createApp) this.serve(this.#createApp)
  }
}

async function end(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

/** For pages that were open before a restart and call before the app is ready. */
const askToComeAgain: RequestListener = (_, response) => {
  response.writeHead(503, { 'retry-after': '1' }).end()
}

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer(askToComeAgain)
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return server
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code
    if (reason === 'EADDRINUSE') {
      throw new DemoError(`Port ${port} is taken. Choose another: PORT=${port + 1} npm start`, {
        cause: error,
      })
    }
    if (reason === 'EACCES') {
      throw new DemoError(`Port ${port} needs more rights. Choose another: PORT=3000 npm start`, {
        cause: error,
      })
    }
    throw error
  }
}
