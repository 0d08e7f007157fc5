// How much memory a process has, from /proc, which only Linux has.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

export const knowsResidentMemory = existsSync('/proc/self/status')

/** MiB now. */
export async function residentMiB(processId: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}
