// Locks a data folder for one process at a time, until it ends, however it ends.
//
// A process that wants the folder opens its own socket in `lock/`, named `PID-RANDOM`, and then calls all the others. Of two
// that want it at once, the later one finds the earlier one's socket. A socket without an answer is left from a process that
// was killed: the operating system closed it, so neither the process id nor the time says anything about it.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join, relative, resolve } from 'node:path'
import { makeFolder } from './durable-files.js'

/** Another process, or this one, has the folder already. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
  readonly code = 'folder_in_use'

  constructor(
    readonly folder: string,
    /** The owner's process id. */
    readonly pid: number,
  ) {
    super(`Process ${pid} uses ${folder}. Stop it, or choose another folder.`)
  }
}

/** @returns a function that unlocks the folder. @throws FolderInUseError */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const sockets = join(folder, 'lock')
  await makeFolder(sockets)
  const own = `${process.pid}-${randomBytes(4).toString('hex')}`
  const server = createServer((caller) => caller.destroy()).listen(addressOf(join(sockets, own)))
  await once(server, 'listening')
  // A Windows pipe is in no folder, so a file stands for it.
  if (process.platform === 'win32') await writeFile(join(sockets, own), '')
  const release = async (): Promise<void> => {
    server.close()
    await once(server, 'close')
    await rm(join(sockets, own), { force: true })
  }
  try {
    for (const other of await readdir(sockets)) {
      const pid = /^(\d+)-[0-9a-f]{8}$/.exec(other)?.[1]
      if (pid === undefined || other === own) continue
      if (await isAnswered(addressOf(join(sockets, other)))) throw new FolderInUseError(folder, Number(pid))
      await rm(join(sockets, other), { force: true })
    }
  } catch (error) {
    await release()
    throw error
  }
  return release
}

/** Paths of sockets are short: 103 bytes on macOS. */
function addressOf(path: string): string {
  if (process.platform === 'win32') return join('\\\\?\\pipe', resolve(path))
  const address = [path, relative('', path)].find((either) => Buffer.byteLength(either) <= 103)
  if (address === undefined) {
    throw new Error(`${path} is too long for a lock. Choose a data folder with a shorter path.`)
  }
  return address
}

async function isAnswered(address: string): Promise<boolean> {
  const call = connect(address)
  try {
    await once(call, 'connect')
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Any other error says nothing about the other process.
    return code !== 'ECONNREFUSED' && code !== 'ENOENT'
  } finally {
    call.destroy()
  }
}
