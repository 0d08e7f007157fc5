// The streams of the command line, so that it can run without its own process.
import type { Readable, Writable } from 'node:stream'

type Terminal<Stream> = Stream & { isTTY?: boolean | undefined }

export interface Io {
  stdin: Terminal<Readable>
  stdout: Terminal<Writable>
  stderr: Terminal<Writable>
  /** Aborted when the user interrupts (Ctrl-C). */
  signal: AbortSignal
}

/** Exit codes. */
export const EXIT = {
  fine: 0,
  /** Something failed, or the user said no. */
  failed: 1,
  wrongUsage: 2,
  /** What shells report after Ctrl-C. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
