// Where a page calls the routes. A ticket is valid only there.
import { digest } from './claims.js'

/** The mount that a request came to. */
export interface Mount {
  /** The mount without the values of its path's parameters, as the host has declared it. */
  place: string
  /** The mount with those values. A ticket is valid only there. */
  id: string
}

/** Where the host has mounted the routes, as its framework reports it. */
export interface MountPath {
  /** The path without the values of its parameters, in the pieces that the framework has. */
  pattern: readonly (string | readonly string[])[]
  /** Values of its parameters, by name or position. */
  values: readonly (readonly [parameter: string | number, value: string])[]
}

/** @param name the option `name`, if set: it replaces the path */
export function identifyMount({ pattern, values }: MountPath, name: string | undefined): Mount {
  const place = name ?? pattern
  return { place: digestPlace(place), id: digest(JSON.stringify([place, values])) }
}

/** @param place the option `name`, if set */
export function digestPlace(place: string | MountPath['pattern']): string {
  return digest(JSON.stringify(place))
}
