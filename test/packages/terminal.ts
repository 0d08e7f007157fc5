// A terminal, into which the commands of the docs are pasted as they are.
import { startProcess } from '../support/start-process.js'

export interface Terminal {
  /** Waits until all of it has run. @throws if one of its commands fails */
  run(commands: string): Promise<void>
  /** Waits until it has printed this. */
  start(command: string, printed: RegExp): Promise<RegExpExecArray>
  /** What the pattern finds in what has been printed so far or is printed next. @throws if the terminal ends before */
  untilPrinted(pattern: RegExp): Promise<RegExpExecArray>
  /** Ends what runs in it, too. */
  close(): Promise<void>
}

/** @param env all that it gets */
export function openTerminal(cwd: string, env: NodeJS.ProcessEnv): Terminal {
  // `-e`: it ends with the first command that fails.
  const shell = startProcess('bash', ['-e'], { cwd, env, readsInput: true })
  // What runs reads none of what is pasted next.
  const paste = (commands: string) => shell.write(`{ ${commands}\n} </dev/null\n`)
  let runs = 0
  return {
    async run(commands) {
      const mark = `-- ${++runs} has run --`
      paste(commands)
      shell.write(`echo '${mark}'\n`)
      await shell.untilPrinted(new RegExp(`^${mark}$`, 'm'))
    },
    async start(command, printed) {
      paste(command)
      return await shell.untilPrinted(printed)
    },
    untilPrinted: shell.untilPrinted,
    close: shell.end,
  }
}
