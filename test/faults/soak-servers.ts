// The servers of the soak: two processes that answer in turn, either of which can be killed. Another takes its place.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { SoakSetting } from './soak-options.js'

interface ServerProcess {
  child: ChildProcess
  origin: string
}

const SPARE = 4

export class SoakServers {
  #live: ServerProcess[] = []
  #turn = 0
  #started = 0
  /** Started ahead, so that starting takes no time. */
  readonly #spare: Promise<ServerProcess>[]

  private constructor(
    private readonly setting: Omit<SoakSetting, 'notes'>,
    /** Has the program, and what each process notes. */
    private readonly folder: string,
  ) {
    this.#spare = Array.from({ length: SPARE }, () => this.#start())
  }

  static async open(setting: Omit<SoakSetting, 'notes'>): Promise<SoakServers> {
    const folder = await mkdtemp(join(tmpdir(), 'partway-soak-'))
    // One file starts faster than a thousand.
    await build({
      entryPoints: [join(import.meta.dirname, 'soak-server.ts')],
      outfile: join(folder, 'server.cjs'),
      bundle: true,
      platform: 'node',
      external: ['@opentelemetry/api'],
      logLevel: 'error',
    })
    const servers = new SoakServers(setting, folder)
    while (servers.#live.length < 2) await servers.#add()
    return servers
  }

  /** Of the server that is to answer the next request. */
  get origin(): string {
    return this.#live[this.#turn++ % this.#live.length]?.origin ?? ''
  }

  /** SIGKILL to the one or the other. */
  async kill(index: number): Promise<void> {
    const [killed] = this.#live.splice(index, 1)
    killed?.child.kill('SIGKILL')
    await this.#add()
  }

  /** A file for what a server notes. */
  createNotes(): string {
    return join(this.folder, `${this.#started++}.notes`)
  }

  /** What all of them have noted. */
  async readNotes(): Promise<string[][]> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.notes'))
    const texts = await Promise.all(names.map((name) => readFile(join(this.folder, name), 'utf8')))
    return texts.flatMap((text) => text.split('\n')).map((line) => line.split(' '))
  }

  async stop(): Promise<void> {
    const all = [...this.#live.splice(0), ...(await Promise.all(this.#spare.splice(0)))]
    for (const { child } of all) child.kill('SIGKILL')
  }

  async close(): Promise<void> {
    await this.stop()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #add(): Promise<void> {
    const started = await this.#spare.shift()
    this.#spare.push(this.#start())
    if (!started) return
    started.child.send('serve')
    this.#live.push(started)
  }

  async #start(): Promise<ServerProcess> {
    const setting: SoakSetting = { ...this.setting, notes: this.createNotes() }
    const child = fork(join(this.folder, 'server.cjs'), [JSON.stringify(setting)], {
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    })
    const [address] = (await once(child, 'message')) as [AddressInfo]
    return { child, origin: `http://127.0.0.1:${address.port}` }
  }
}
