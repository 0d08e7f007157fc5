// Opens connections before a request needs them: over TLS each costs two round trips before its first byte.

/**
 * @param origins or any URLs on them
 * @param withCredentials whether the requests will carry cookies: browsers use separate connections for those
 */
export function preconnect(origins: string[], withCredentials = false): void {
  for (const href of origins) {
    const link = document.createElement('link')
    link.rel = 'preconnect'
    if (!withCredentials) link.crossOrigin = 'anonymous'
    link.href = href
    document.head.append(link)
    // The browser has read it.
    link.remove()
  }
}
