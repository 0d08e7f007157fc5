// Connections to S3, opened while the server is still asked: over TLS each costs two round trips before its first byte.

/** @param origins that requests without credentials will go to */
export function preconnect(origins: string[]): void {
  for (const href of origins) {
    const link = document.createElement('link')
    link.rel = 'preconnect'
    link.crossOrigin = 'anonymous'
    link.href = href
    document.head.append(link)
    // It has said what it was there for.
    link.remove()
  }
}
