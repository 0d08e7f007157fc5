// Starts an app server in a process of its own and reads what it uses.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { AppUsage, FromApp, ToApp } from './app-main.js'
import type { ServerSetting } from './server-setting.js'

export interface AppServer {
  port: number
  /** @param when `afterCollection` collects garbage before */
  usage(when?: 'now' | 'afterCollection'): Promise<AppUsage>
  close(): Promise<void>
}

/** The server was asked for what it cannot do, as a version without an option. */
export class NotStarted extends Error {
  override name = 'Left out'
}

/** @throws NotStarted with its reason */
export async function startApp(setting: ServerSetting): Promise<AppServer> {
  const child = fork(join(import.meta.dirname, 'app-main.ts'), [], {
    execArgv: ['--import', 'tsx'],
    // Deprecations of peers' dependencies, and what they log of each request, are no result.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', NODE_NO_WARNINGS: '1' },
  })
  const exited = once(child, 'exit')
  const close = async () => {
    child.kill()
    await exited
  }
  const answer = await ask(child, { setting })
  if (!('port' in answer)) {
    await close()
    throw new NotStarted('failure' in answer ? answer.failure : 'The app server did not start')
  }
  return {
    port: answer.port,
    async usage(when = 'now') {
      const told = await ask(child, { usage: when })
      if (!('usage' in told)) throw new Error('The app server does not say what it uses')
      return told.usage
    },
    close,
  }
}

async function ask(child: ChildProcess, message: ToApp): Promise<FromApp> {
  const answered = once(child, 'message') as Promise<[FromApp]>
  const ended = once(child, 'exit').then((): [FromApp] => [{ failure: 'The app server has ended' }])
  child.send(message)
  const [answer] = await Promise.race([answered, ended])
  return answer
}
