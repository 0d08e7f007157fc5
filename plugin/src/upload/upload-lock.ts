// One upload, one writer: tabs take turns (Web Locks).

/** How often a waiting tab asks again. */
const ASK_AGAIN_MS = 5000

const PREFIX = 'partway '

/** Names of uploads that a tab of this browser works on. Empty if the browser cannot tell. */
export async function heldLocks(): Promise<Set<string>> {
  // Its type does not say that it can be missing.
  const locks: LockManager | undefined = globalThis.navigator?.locks
  const { held = [] } = (await locks?.query().catch(() => undefined)) ?? {}
  const names = held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? name.slice(PREFIX.length) : []))
  return new Set(names)
}

/**
 * Calls `run` while nothing else runs under the same name, in this tab or another one. The next one's turn comes when
 * `run` has settled, or its page is left, closed or crashes. Without Web Locks (insecure origin, sandboxed frame, old
 * browser) it runs at once.
 *
 * A frozen tab keeps the others waiting, so the user must be able to abort `signal`. The caller must not hold what
 * others need meanwhile, such as a transfer slot.
 * @param onWait Called once if it has to wait.
 * @throws The signal's reason if it aborts before `run` starts, or what `run` throws.
 */
export async function withUploadLock<T>(
  name: string,
  signal: AbortSignal,
  run: () => Promise<T>,
  onWait: () => void = () => {},
): Promise<T> {
  signal.throwIfAborted()
  let release = await take(PREFIX + name, { ifAvailable: true })
  if (!release) {
    signal.throwIfAborted()
    onWait()
  }
  while (!release) {
    // Chromium keeps a page that was left, and its lock, in the back/forward cache until a later request for the lock.
    release = await take(PREFIX + name, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_AGAIN_MS)]),
    })
    if (!release) signal.throwIfAborted()
  }
  try {
    signal.throwIfAborted()
    return await run()
  } finally {
    release()
  }
}

/** Resolves with a function that releases the lock, or with `undefined` if it is taken. */
async function take(name: string, options: LockOptions): Promise<(() => void) | undefined> {
  // Its type does not say that it can be missing.
  const locks: LockManager | undefined = globalThis.navigator?.locks
  if (!locks) return unlocked
  return new Promise((resolve) => {
    const granted = (lock: Lock | null) =>
      lock ? new Promise<void>((release) => resolve(release)) : resolve(undefined)
    // If it rejects without an abort, locks may not be used here.
    locks.request(name, options, granted).catch(() => resolve(options.signal?.aborted ? undefined : unlocked))
  })
}

function unlocked(): void {}
