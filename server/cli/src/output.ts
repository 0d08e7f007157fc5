// What commands print: sentences for people, or one JSON document for programs.
import { styleText } from 'node:util'
import { BucketError } from '@partway/server/bucket'
import type { Io } from './io.js'

type Style = Parameters<typeof styleText>[0]

export class Output {
  readonly json: boolean
  readonly #io: Io
  #hasStatus = false

  /** @param json print one JSON document on stdout, and nothing else */
  constructor(io: Io, json: boolean) {
    this.#io = io
    this.json = json
  }

  /** For people. */
  line(text = ''): void {
    this.#clearStatus()
    if (!this.json) this.#io.stdout.write(`${text}\n`)
  }

  /** For programs; once per run. */
  document(value: unknown): void {
    if (this.json) this.#io.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
  }

  /** Shows progress in one line, which the next output replaces; only on a terminal. */
  status(text: string): void {
    if (this.json || !this.#io.stderr.isTTY) return
    this.#clearStatus()
    this.#io.stderr.write(text)
    this.#hasStatus = true
  }

  /** Colours text if the terminal supports it and `NO_COLOR` does not forbid it. */
  paint(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#io.stdout })
  }

  /** @throws any error but a BucketError: a bug, whose stack should be seen */
  fail(error: unknown): void {
    if (!(error instanceof BucketError)) throw error
    this.#clearStatus()
    const { code, message, action } = error
    this.document({ error: { code, message, ...(action !== undefined && { action }) } })
    if (this.json) return
    const heading = styleText('red', 'Error', { stream: this.#io.stderr })
    this.#io.stderr.write(`${heading}: ${message} [${code}]\n`)
  }

  #clearStatus(): void {
    if (this.#hasStatus) this.#io.stderr.write('\r\x1b[K')
    this.#hasStatus = false
  }
}
