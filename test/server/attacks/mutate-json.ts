// Changes in the JSON body of a request.
import type { NodeMutation, SpliceMutation } from './mutation.js'
import { RAW } from './odd-values.js'
import type { Json, ValidRequest } from './valid-requests.js'

/** A text of the request that can be exchanged. */
export interface Place {
  text: string
  replace(text: string): void
}

interface Node {
  value: Json
  parent: Json[] | { [name: string]: Json } | undefined
  name: string
  replace(value: Json): void
}

/** Every value of the body, itself first. */
function findNodes(request: ValidRequest): Node[] {
  if (request.body === undefined) return []
  const replaceBody = (value: Json) => {
    request.body = value
  }
  const nodes: Node[] = [{ value: request.body, parent: undefined, name: '', replace: replaceBody }]
  for (const { value } of nodes) {
    if (typeof value !== 'object' || value === null) continue
    for (const [name, inner] of Object.entries(value)) {
      const replace = (other: Json) => {
        Object.assign(value, { [name]: other })
      }
      nodes.push({ value: inner, parent: value, name, replace })
    }
  }
  return nodes
}

export function textsOf(request: ValidRequest): Place[] {
  return findNodes(request).flatMap(({ value, replace }) =>
    typeof value === 'string' ? [{ text: value, replace }] : [],
  )
}

export function spliceText(request: ValidRequest, { at, position, length, piece }: SpliceMutation): void {
  const places = textsOf(request)
  const place = places[at % Math.max(1, places.length)]
  if (!place) return
  const { text, replace } = place
  const start = position % (text.length + 1)
  replace(text.slice(0, start) + piece + text.slice(start + length))
}

export function mutateNode(request: ValidRequest, { kind, at, name: otherName, value }: NodeMutation): void {
  const nodes = findNodes(request)
  const node = nodes[at % Math.max(1, nodes.length)]
  if (!node) return
  const { value: old, parent, name, replace } = node
  switch (kind) {
    case 'replace':
      replace(value)
      break
    case 'wrap':
      replace(at % 2 ? [old] : { [otherName]: old })
      break
    case 'remove':
      if (Array.isArray(parent)) parent.splice(Number(name), 1)
      else if (parent) delete parent[name]
      break
    case 'duplicate':
      if (Array.isArray(parent)) parent.push(structuredClone(old))
      else if (parent) parent[name + RAW] = value
      break
    case 'rename':
      if (!parent || Array.isArray(parent)) break
      delete parent[name]
      parent[otherName] = old
      break
    case 'add':
      if (Array.isArray(old)) old.push(value)
      else if (typeof old === 'object' && old) old[otherName] = value
  }
}

/** With duplicate names and with what only text can say. */
export function serialize(body: Json): string {
  const quoted = new RegExp(`"${RAW}((?:[^"\\\\]|\\\\.)*)"`, 'g')
  const unquote = (_: string, inner: string): string => JSON.parse(`"${inner}"`)
  return JSON.stringify(body).replaceAll(`${RAW}":`, '":').replace(quoted, unquote)
}
