// Where a page calls the routes: a ticket is good there and nowhere else.
import { digest } from './claims.js'

/** The mount that a request came to. */
export interface Mount {
  /** Without the values of its path's parameters: what the host has mounted once. */
  place: string
  /** With them: what a ticket is good at. */
  id: string
}

/** Where the host has mounted the routes, as its framework tells. */
export interface MountPath {
  /** The path without the values of its parameters, in as many pieces as the framework has of it. */
  pattern: readonly (string | readonly string[])[]
  /** Of its parameters, by name or position. */
  values: readonly (readonly [parameter: string | number, value: string])[]
}

/** @param name the option, where there is one: it counts in place of the path */
export function identifyMount({ pattern, values }: MountPath, name: string | undefined): Mount {
  const place = name ?? pattern
  return { place: digestPlace(place), id: digest(JSON.stringify([place, values])) }
}

/** @param place the option `name`, where there is one */
export function digestPlace(place: string | MountPath['pattern']): string {
  return digest(JSON.stringify(place))
}
