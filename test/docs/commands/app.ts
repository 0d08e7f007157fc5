// Servers of the docs as a reader runs them: `node app.js` in one terminal, `curl` in another.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { freePort } from '../../support/free-port.js'
import { type RunningProcess, startProcess } from '../../support/start-process.js'
import { snippetFolder } from '../code/snippet.js'
import { withBucket } from '../code/with-bucket.js'

const run = promisify(execFile)

/** Started by one command line, asked by another. */
export class ReaderApp {
  #running: RunningProcess | undefined
  #port = 0

  /**
   * In place of the one before.
   *
   * @param line `… node app.js`, for a shell
   * @param file `app.js`
   */
  async start(line: string, file: string): Promise<void> {
    await this.end()
    this.#port = await freePort()
    const path = join(snippetFolder, file)
    await writeFile(path, this.#onItsPort(await readFile(path, 'utf8')))
    this.#running = startProcess('bash', ['-c', line], { cwd: snippetFolder, env: process.env })
    await this.#running.untilPrinted(/http:\/\/localhost:\d+/)
    const answer = await fetch(`http://localhost:${this.#port}/uploads/config`)
    expect(await answer.json()).toMatchObject({ limits: expect.any(Object) })
  }

  /** @param line `curl …`, for a shell */
  async ask(line: string): Promise<void> {
    const silent = this.#onItsPort(line).replace('curl', 'curl --silent')
    const { stdout } = await withBucket('media', () => run('bash', ['-c', silent]))
    expect(JSON.parse(stdout)).toMatchObject({ uploads: [{ kind: 'form', key: expect.any(String) }] })
  }

  /** The docs' port may be taken. */
  #onItsPort(text: string): string {
    return text.replaceAll('3000', String(this.#port))
  }

  async end(): Promise<void> {
    await this.#running?.end()
    this.#running = undefined
  }
}
