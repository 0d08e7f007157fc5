// Finds where a page calls the routes, from Koa and its router.
import type { RouterContext } from '@koa/router'
import type { MountPath } from '@partway/server'
import type { Context } from 'koa'

/**
 * The whole path as the page called it, whatever is in front of the router (`koa-mount`, another router, Express). Spellings
 * that the router treats as one path are one: case outside of parameters, percent-encoding, a trailing slash.
 *
 * @param route the router's path, without the mount: `/s3/multipart/:uploadId`
 */
export function readMount(ctx: Context, route: string): MountPath {
  const { captures = [], matched = [], routerPath } = ctx as Context & Partial<RouterContext>
  const parameters = matched.find(({ path }) => path === routerPath)?.paramNames
  const values = captures
    .map((value: string | undefined, index) => ({ of: parameters?.[index]?.name ?? index, value }))
    // An optional part of a path is captured once for each form of the path.
    .flatMap(({ of, value }) => (value === undefined ? [] : [[of, spellOut(value)] as const]))
  const own = route.match(/:/g)?.length ?? 0
  return {
    // Koa routers before version 9 nest this as well, but do not set `routerPath`.
    pattern: routerPath?.endsWith(route)
      ? [findOutside(ctx, route), routerPath.slice(0, -route.length)]
      : findBefore(ctx, route),
    values: values.slice(0, values.length - own),
  }
}

/** What the page called before the router's path. If the app has rewritten that, a list: it may be any of them. */
function findOutside(ctx: Context, route: string): string | string[] {
  return takeOff(ctx.path, readCalledPath(ctx)) ?? findBefore(ctx, route)
}

/** What the page called before the last segments, as many as the route has. */
function findBefore(ctx: Context, route: string): string[] {
  const called = readCalledPath(ctx)
  const segments = route.split('/').length - 1
  const [end = ''] = new RegExp(`(?:/[^/]+){${segments}}/?$`).exec(ctx.path) ?? []
  return [takeOff(end, called) ?? called]
}

function takeOff(end: string, path: string): string | undefined {
  return path.endsWith(end) ? spellOut(path.slice(0, path.length - end.length)) : undefined
}

/** The request's path, as it was before the app or its mounts changed it. */
export function readCalledPath({ req, originalUrl }: Context): string {
  // Express removes the mount path from `req.url` before Koa sees it.
  const url = (req as { originalUrl?: string }).originalUrl ?? originalUrl
  const [path = ''] = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').split(/[?#]/)
  return path
}

/** Reduces percent-encoding to one spelling. */
function spellOut(path: string): string {
  return path.split('/').map(encodeAnew).join('/')
}

function encodeAnew(segment: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(segment))
  } catch {
    return segment
  }
}
