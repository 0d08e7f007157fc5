// Where a page calls the routes: a ticket is good there and nowhere else.
import type { RouterContext } from '@koa/router'
import type { Context } from 'koa'
import { digest } from '../tickets/claims.js'

/** The mount that a request came to. */
export interface Mount {
  /** Without the values of its path's parameters: what the host has mounted once. */
  place: string
  /** With them: what a ticket is good at. */
  id: string
}

/**
 * Digests of the mount that a request came to: of its whole path as the page called it, whatever stands in front of the
 * router (`koa-mount`, another router, Express), or of `name` in place of that; and of the values of its parameters.
 * What the router takes for one path is one: case outside of parameters, percent-encoding, a slash at the end.
 *
 * @param route of the router, without the mount's part: `/s3/multipart/:uploadId`
 */
export function identifyMount(ctx: Context, route: string, name: string | undefined): Mount {
  const { captures = [], matched = [], routerPath } = ctx as Context & Partial<RouterContext>
  const parameters = matched.find(({ path }) => path === routerPath)?.paramNames
  const values = captures
    .map((value: string | undefined, index) => ({ of: parameters?.[index]?.name ?? index, value }))
    // What is optional in a path is captured once for each of its forms.
    .flatMap(({ of, value }) => (value === undefined ? [] : [[of, spellOut(value)]]))
  const own = route.match(/:/g)?.length ?? 0
  // Koa routers before version 9 nest this as well, but do not set `routerPath`.
  const place =
    name ??
    (routerPath?.endsWith(route)
      ? [findOutside(ctx, route), routerPath.slice(0, -route.length)]
      : findBefore(ctx, route))
  return {
    place: digestPlace(place),
    id: digest(JSON.stringify([place, values.slice(0, values.length - own)])),
  }
}

/** @param place the option `name`, where there is one */
export function digestPlace(place: unknown): string {
  return digest(JSON.stringify(place))
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
