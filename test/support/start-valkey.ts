// A private Valkey (or Redis) for a test file: on a free port of the loopback, in memory only.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findProgram } from './find-program.js'
import { freePort } from './free-port.js'

export interface Valkey {
  port: number
  url: string
  /** Ends the server, without saving. Twice does no harm. */
  stop(): Promise<void>
}

/** The program on the PATH, or `undefined`. */
export function findValkey(): string | undefined {
  return findProgram('valkey-server') ?? findProgram('redis-server')
}

/** @param settings more of its command line, such as `['--cluster-enabled', 'yes']` */
export async function startValkey(settings: string[] = []): Promise<Valkey> {
  const program = findValkey()
  if (!program) throw new Error('Neither valkey-server nor redis-server is on the PATH')
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'partway-valkey-'))
  const place = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder]
  const child = spawn(program, [...place, '--save', '', '--appendonly', 'no', ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  const log: string[] = []
  const ready = new Promise<void>((resolve) => {
    // Read to the end: it would block on a full pipe.
    createInterface(child.stdout).on('line', (line) => {
      log.push(line)
      if (line.includes('Ready to accept connections')) resolve()
    })
  })
  await Promise.race([
    ready,
    exited.then(() => {
      throw new Error(`${program} did not start:\n${log.join('\n')}`)
    }),
  ])
  return { port, url: `redis://127.0.0.1:${port}`, stop }
}
