// What all requests to create one file's upload have in common, over lost replies and page loads, so that the server
// knows them for one.
import { toHex } from './fingerprint.js'
import type { UploadKey } from './stored-upload.js'

const browsers = new Map<string, string>()

/** 64 hexadecimal digits: the same for the same file and owner in the same browser, and in no other browser. */
export function nonceOf({ owner, fingerprint }: UploadKey): string {
  const browser = browsers.get(owner) ?? recallBrowser(`partway:${owner}`)
  browsers.set(owner, browser)
  return browser + fingerprint.slice(0, 32)
}

// Where the browser lets pages keep nothing, it is good for this page load.
function recallBrowser(storageKey: string): string {
  try {
    const kept = localStorage.getItem(storageKey)
    if (kept && /^[0-9a-f]{32}$/.test(kept)) return kept
    const made = makeRandom()
    localStorage.setItem(storageKey, made)
    return made
  } catch {
    return makeRandom()
  }
}

/** 32 hexadecimal digits. `randomUUID` is missing on insecure origins. */
export function makeRandom(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)))
}
