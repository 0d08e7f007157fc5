// Asks the run for what its test files share (shared-resources.ts).
import { inject } from 'vitest'
import type { ChromiumAddress, PageFiles } from './shared-resources.js'

interface Replies {
  chromium: ChromiumAddress
  page: PageFiles
}

export async function askShared<What extends keyof Replies>(
  what: What,
  query: Record<string, string> = {},
): Promise<Replies[What]> {
  const reply = await fetch(`${inject('shared')}/${what}?${new URLSearchParams(query)}`)
  if (!reply.ok) throw new Error(await reply.text())
  return (await reply.json()) as Replies[What]
}
