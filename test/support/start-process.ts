// A process of a test: what it prints can be awaited, and it ends with all that it has started.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface RunningProcess {
  /** What the pattern finds in what it has printed so far or prints next. @throws if it ends before. */
  untilPrinted(pattern: RegExp): Promise<RegExpExecArray>
  /** What it has printed so far, to both streams. */
  output(): string
  /** Hands it more to read, if it has the option `readsInput`. */
  write(text: string): void
  /** Ends it with SIGTERM, if it still runs. */
  end(): Promise<void>
}

export interface ProcessOptions {
  cwd: string
  /** All that it gets. */
  env: NodeJS.ProcessEnv
  /** Whether it waits for what is written to it. Otherwise it has nothing to read. @default false */
  readsInput?: boolean
}

export function startProcess(program: string, args: string[], options: ProcessOptions): RunningProcess {
  const { cwd, env, readsInput = false } = options
  // In a group of its own, which npm and its shell share with what they start.
  const child = spawn(program, args, { cwd, env, detached: true, stdio: 'pipe' })
  if (!readsInput) child.stdin.end()
  // What has ended reads nothing more: whoever waits for what it prints hears of it.
  child.stdin.on('error', () => {})
  let printed = ''
  const closed = once(child, 'close')
  const stop = () => {
    if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, 'SIGTERM')
  }
  // A test that runs out of time does not come to its end.
  process.once('exit', stop)
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      child.emit('printed')
    })
  }
  return {
    output: () => printed,
    write: (text) => void child.stdin.write(text),
    async untilPrinted(pattern) {
      for (;;) {
        const found = pattern.exec(printed)
        if (found) return found
        const next = once(child, 'printed').then(() => false)
        if (await Promise.race([next, closed.then(() => true)])) {
          throw new Error(`${program} ${args.join(' ')} ended: ${printed}`)
        }
      }
    },
    async end() {
      stop()
      process.off('exit', stop)
      await closed
    },
  }
}
