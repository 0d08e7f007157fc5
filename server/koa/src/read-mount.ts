// Where a page calls the routes, as Koa and its router tell.
import type { RouterContext } from '@koa/router'
import type { MountPath } from '@partway/server'
import type { Context } from 'koa'

/**
 * The whole path as the page called it, whatever stands in front of the router (`koa-mount`, another router, Express). What the
 * router takes for one path is one: case outside of parameters, percent-encoding, a slash at the end.
 *
 * @param route of the router, without the mount's part: `/s3/multipart/:uploadId`
 */
export function readMount(ctx: Context, route: string): MountPath {
  const { captures = [], matched = [], routerPath } = ctx as Context & Partial<RouterContext>
  const parameters = matched.find(({ path }) => path === routerPath)?.paramNames
  const values = captures
    .map((value: string | undefined, index) => ({ of: parameters?.[index]?.name ?? index, value }))
    // What is optional in a path is captured once for each of its forms.
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

/** What the page called in front of the router's path. In a list where the app has rewritten that: it may be any. */
function findOutside(ctx: Context, route: string): string | string[] {
  return takeOff(ctx.path, readCalledPath(ctx)) ?? findBefore(ctx, route)
}

/** What the page called in front of as many segments as the route has. */
function findBefore(ctx: Context, route: string): string[] {
  const called = readCalledPath(ctx)
  const segments = route.split('/').length - 1
  const [end = ''] = new RegExp(`(?:/[^/]+){${segments}}/?$`).exec(ctx.path) ?? []
  return [takeOff(end, called) ?? called]
}

function takeOff(end: string, path: string): string | undefined {
  return path.endsWith(end) ? spellOut(path.slice(0, path.length - end.length)) : undefined
}

/** Of a request, in front of the app or of what it is mounted in. */
export function readCalledPath({ req, originalUrl }: Context): string {
  // Express takes the path of a mount off `req.url`, before Koa sees it.
  const url = (req as { originalUrl?: string }).originalUrl ?? originalUrl
  const [path = ''] = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').split(/[?#]/)
  return path
}

/** One spelling of what percent-encoding has many of. */
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
