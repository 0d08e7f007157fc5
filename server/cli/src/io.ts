// What the command line reads from and writes to, so that it can be run without a process of its own.
import type { Readable, Writable } from 'node:stream'

type Terminal<Stream> = Stream & { isTTY?: boolean | undefined }

export interface Io {
  stdin: Terminal<Readable>
  stdout: Terminal<Writable>
  stderr: Terminal<Writable>
  /** Aborted when the user interrupts (Ctrl-C). */
  signal: AbortSignal
}

/** What the shell gets to see. */
export const EXIT = {
  fine: 0,
  /** Something failed, or the user said no. */
  failed: 1,
  wrongUsage: 2,
  /** As shells report an end by Ctrl-C. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
