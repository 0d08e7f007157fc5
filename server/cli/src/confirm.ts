// Asks the user to confirm.
import { createInterface } from 'node:readline/promises'
import type { Io } from './io.js'

/** Anything but y or yes means no, and so does the end of the input. */
export async function confirm(
  question: string,
  { stdin, stdout, signal }: Io,
): Promise<'yes' | 'no' | 'interrupted'> {
  const lines = createInterface({ input: stdin, output: stdout })
  const ended = new AbortController()
  let interrupted = false
  // A terminal passes Ctrl-C to its reader, and sends the process no signal.
  lines.once('SIGINT', () => {
    interrupted = true
    lines.close()
  })
  lines.once('close', () => ended.abort())
  try {
    const answer = await lines.question(`${question} [y/N] `, {
      signal: AbortSignal.any([ended.signal, signal]),
    })
    return /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no'
  } catch (error) {
    if (interrupted || signal.aborted) return 'interrupted'
    if (ended.signal.aborted) return 'no'
    throw error
  } finally {
    lines.close()
  }
}
