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
  const answers = new Answers(child, exited)
  const close = async () => {
    child.kill()
    await exited
  }
  const answer = await answers.ask({ setting })
  if (!('port' in answer)) {
    await close()
    throw new NotStarted('failure' in answer ? answer.failure : 'The app server did not start')
  }
  return {
    port: answer.port,
    async usage(when = 'now') {
      const told = await answers.ask({ usage: when })
      if (!('usage' in told)) throw new Error('The app server does not say what it uses')
      return told.usage
    },
    close,
  }
}

/** One question at a time, each with its own answer. */
class Answers {
  #last: Promise<unknown> = Promise.resolve()
  readonly #ended: Promise<FromApp>

  constructor(
    private readonly child: ChildProcess,
    exited: Promise<unknown>,
  ) {
    this.#ended = exited.then(() => ({ failure: 'The app server has ended' }))
  }

  ask(message: ToApp): Promise<FromApp> {
    const answer = this.#last.then(async () => {
      const answered = once(this.child, 'message').then(([told]) => told as FromApp)
      this.child.send(message)
      return await Promise.race([answered, this.#ended])
    })
    this.#last = answer.catch(() => {})
    return answer
  }
}
