// Host apps as processes of their own, and a load balancer in front of them.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { PartwayOptions } from '@partway/koa'
import { onTestFinished } from 'vitest'
import { type RoundRobinProxy, startRoundRobinProxy } from '../../support/round-robin-proxy.js'

const main = join(import.meta.dirname, 'server-process.js')

export interface ServerSetup {
  /** What JSON can carry of them; the owner is whoever the `x-user` header names. */
  options: PartwayOptions
  /** Of the Valkey that counts its quota. */
  valkeyPort?: number
  /** Whether completions wait for {@link ServerProcess.letComplete}. */
  holdComplete?: boolean
}

export interface ServerProcess {
  origin: string
  /** Exit code and signal, once it has ended. */
  exit: Promise<unknown[]>
  /** Until it has told this, be it earlier or later. */
  untilTold(message: 'completing' | 'closing'): Promise<void>
  letComplete(): void
  /** What an init system does to stop it. */
  terminate(): void
  /** Ends it at once. Twice does no harm. */
  kill(): Promise<void>
}

/** It is killed at the end of the test, if it still runs. */
export async function startServer(setup: ServerSetup): Promise<ServerProcess> {
  const child = fork(main, [JSON.stringify(setup)], {
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  })
  const exit = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exit
  }
  onTestFinished(kill)
  const told: unknown[] = []
  child.on('message', (message) => told.push(message))
  const untilNextMessage = async () => {
    const ended = await Promise.race([once(child, 'message').then(() => false), exit.then(() => true)])
    if (ended) throw new Error('the server has ended')
  }
  await untilNextMessage()
  return {
    origin: `http://127.0.0.1:${told[0]}`,
    exit,
    async untilTold(message) {
      while (!told.includes(message)) await untilNextMessage()
    },
    letComplete: () => child.send('go on'),
    terminate: () => child.kill('SIGTERM'),
    kill,
  }
}

export interface TwoServers {
  servers: [ServerProcess, ServerProcess]
  proxy: RoundRobinProxy
}

/** The first request to the proxy goes to the first. */
export async function startTwoServers(first: ServerSetup, second = first): Promise<TwoServers> {
  const servers = await Promise.all([startServer(first), startServer(second)])
  const proxy = await startRoundRobinProxy(servers.map(({ origin }) => origin))
  onTestFinished(proxy.close)
  return { servers, proxy }
}
