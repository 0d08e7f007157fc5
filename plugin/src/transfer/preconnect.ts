// Connections that a request will soon need: over TLS each costs two round trips before its first byte.

/**
 * @param origins or any URLs of theirs
 * @param withCredentials whether the requests will carry cookies: others have connections of their own
 */
export function preconnect(origins: string[], withCredentials = false): void {
  for (const href of origins) {
    const link = document.createElement('link')
    link.rel = 'preconnect'
    if (!withCredentials) link.crossOrigin = 'anonymous'
    link.href = href
    document.head.append(link)
    // It has said what it was there for.
    link.remove()
  }
}
