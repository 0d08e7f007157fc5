// What browsers may do on the demo's page: nothing but what it needs, and no code or style but its own files.
import type { Middleware } from 'koa'

/** @param uploadOrigin origin that parts and forms go to, and downloads come from */
export function securityHeaders(uploadOrigin: string): Middleware {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "worker-src 'self'",
    `connect-src 'self' ${uploadOrigin}`,
    `img-src 'self' blob: data: ${uploadOrigin}`,
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return async (ctx, next) => {
    ctx.set({
      'Content-Security-Policy': policy,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(self), microphone=(self), geolocation=()',
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
    })
    await next()
  }
}
