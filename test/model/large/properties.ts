// What must never be, at any moment or once all has come to rest.
import type { Page, World } from './world.js'

interface Circumstances {
  /** The world after the finisher's last look, if nothing is under way. */
  atRest: World | undefined
  locks: boolean
  hadFault: boolean
}

export function findFault(world: World, { atRest, ...circumstances }: Circumstances): string | undefined {
  return findFaultAtAnyTime(world) ?? (atRest && findFaultAtRest(atRest, circumstances))
}

function findFaultAtAnyTime({ entries, uploads, objects, heard, pages }: World): string | undefined {
  for (const [id, content] of Object.entries(objects)) {
    if (content[0] !== content[1]) return `object ${id} has the bytes of two files`
  }
  const named = new Set(Object.values(entries).map(({ id }) => id))
  for (const [name, page] of Object.entries(pages) as [string, Page][]) {
    for (const id of page.held) {
      const isOpen = uploads[id] || (objects[id] && !heard[id])
      if (isOpen && !named.has(id)) return `${id} has been granted, and no entry names it`
    }
    const id = page.grant?.id as string
    const whole = page.content + page.content
    if (page.outcome === 'complete') {
      if (objects[id] !== whole) return `${name} is told success, but object ${id} is not its file`
      if (!heard[id]) return `${name} is told success before the host`
      const first = page.held.find((held) => held !== id && objects[held] === whole)
      if (first) return `${name} has made ${id} of what was ${first} already`
    }
    if (page.outcome === 'cancelled' && objects[id]) return `object ${id} is there although it was cancelled`
    if (page.outcome === 'completed before' && !objects[id]) return `${name} is told of no object`
  }
  return undefined
}

function findFaultAtRest(
  { entries, uploads, objects, quota, heard, pages }: World,
  { locks, hadFault }: Omit<Circumstances, 'atRest'>,
): string | undefined {
  const [entry] = Object.keys(entries)
  if (entry) return `entry ${entry} stays for ever`
  for (const id of Object.keys(objects)) {
    if (!heard[id]) return `nobody hears of object ${id}`
    if (quota[id] !== 'finished') return `object ${id} does not count`
  }
  for (const id of Object.keys(quota)) {
    if (quota[id] === 'finished' && !objects[id]) return `${id} counts without an object`
  }
  // What a server that ended had not written down: the bucket's lifecycle rule and the quota's window remove it.
  const left = [...Object.keys(uploads), ...Object.keys(quota).filter((id) => quota[id] === 'reserved')]
  const wasGranted = (id: string) => Object.values(pages).some(({ held }) => held.includes(id))
  for (const id of left) {
    if (!hadFault || wasGranted(id)) return `${id} stays on S3 or in the quota`
  }
  const anyIsGone = Object.values(pages).some(({ state }) => state === 'gone')
  const contents = Object.values(objects)
  if (locks && !anyIsGone && new Set(contents).size < contents.length)
    return 'one file has become two objects'
  return undefined
}
