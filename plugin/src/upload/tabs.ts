// Messages between a browser's tabs (BroadcastChannel): the result of a file that several of them have, a discarded upload,
// and a change of the list of unfinished uploads. Without a channel, each tab is on its own.
import { makeRandom } from '../server/browser.js'

/** Longest wait for a tab to answer: the browser may have frozen it. */
const LONGEST_WAIT_MS = 1000
/** Changes within this time are reported once. */
const GATHER_MS = 100

/** An upload that its user has discarded. */
export interface DiscardedUpload {
  /** The object's key. */
  key: string
  /** Name of its lock. */
  lock: string
}

/** One Uppy of the page. */
export interface TabListener {
  /** The list of unfinished uploads has changed, here or in another tab. */
  changed(): void
  discarded(upload: DiscardedUpload): void
}

type Message =
  | { say: 'changed' }
  | ({ say: 'discarded' } & DiscardedUpload)
  | { say: 'has'; file: string; from: string; isNew: boolean }
  | { say: 'has no more'; file: string; from: string }
  | { say: 'done'; file: string; result: unknown }
  | { say: 'heard'; file: string; from: string }

/** A file of this page that is neither done nor removed. */
interface Followed {
  id: string
  /** Tabs that also have it. */
  others: Set<string>
  heard(from: string): void
  take(result: unknown): void
}

const listeners = new Set<TabListener>()
const followed = new Map<string, Followed>()
let channel: BroadcastChannel | undefined
let changing: ReturnType<typeof setTimeout> | undefined

/** @returns Stops listening. */
export function listenToTabs(listener: TabListener): () => void {
  listeners.add(listener)
  open()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearTimeout(changing)
    changing = undefined
    globalThis.removeEventListener?.('pagehide', close)
    globalThis.removeEventListener?.('pageshow', open)
    close()
  }
}

export function broadcastChanged(): void {
  post({ say: 'changed' })
  hearChanged()
}

/** A tab that uploads it removes its file. */
export function broadcastDiscarded(upload: DiscardedUpload): void {
  post({ say: 'discarded', ...upload })
  for (const listener of listeners) listener.discarded(upload)
}

/** A file that this page has. */
export interface Following {
  /** The file is done. Resolves when all tabs that have it have the result, or do not answer. */
  share(result: unknown): Promise<void>
  end(): void
}

/** @param take called with the result that another tab shares */
export function followFile(file: string, take: (result: unknown) => void): Following {
  const own: Followed = { id: makeRandom(), others: new Set(), heard: () => {}, take }
  followed.set(file, own)
  post({ say: 'has', file, from: own.id, isNew: true })
  return {
    share: (result) =>
      new Promise((resolve) => {
        const waitsFor = new Set(own.others)
        if (waitsFor.size === 0 || !channel) return resolve()
        const timer = setTimeout(resolve, LONGEST_WAIT_MS)
        own.heard = (from) => {
          waitsFor.delete(from)
          if (waitsFor.size > 0) return
          clearTimeout(timer)
          resolve()
        }
        post({ say: 'done', file, result })
      }),
    end() {
      if (followed.get(file) !== own) return
      followed.delete(file)
      post({ say: 'has no more', file, from: own.id })
    },
  }
}

function hear(message: Message): void {
  if (message.say === 'changed') hearChanged()
  else if (message.say === 'discarded') for (const listener of listeners) listener.discarded(message)
  else hearOfFile(message)
}

function hearOfFile(message: Extract<Message, { file: string }>): void {
  const { file } = message
  const own = followed.get(file)
  if (!own) return
  if (message.say === 'done') {
    own.take(message.result)
    post({ say: 'heard', file, from: own.id })
  } else if (message.say === 'has') {
    own.others.add(message.from)
    if (message.isNew) post({ say: 'has', file, from: own.id, isNew: false })
  } else {
    if (message.say === 'has no more') own.others.delete(message.from)
    own.heard(message.from)
  }
}

function hearChanged(): void {
  if (changing !== undefined) return
  changing = setTimeout(() => {
    changing = undefined
    for (const listener of listeners) listener.changed()
  }, GATHER_MS)
}

function open(): void {
  if (channel) return
  // Its type does not say that it can be missing.
  const Channel: typeof BroadcastChannel | undefined = globalThis.BroadcastChannel
  try {
    channel = Channel && new Channel('partway')
  } catch {
    // A sandboxed frame.
  }
  if (!channel) return
  channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data)
  // Some browsers do not put a page with an open channel into the back/forward cache.
  globalThis.addEventListener?.('pagehide', close)
  globalThis.addEventListener?.('pageshow', open)
  for (const [file, { id }] of followed) post({ say: 'has', file, from: id, isNew: true })
}

function close(): void {
  // Other tabs need not wait for a page that is left.
  for (const [file, { id }] of followed) post({ say: 'has no more', file, from: id })
  channel?.close()
  channel = undefined
}

function post(message: Message): void {
  channel?.postMessage(message)
}
