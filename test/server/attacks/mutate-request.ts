// Carries out mutations: from a valid request to the bytes that an attacker sends.
import { mutateNode, type Place, serialize, spliceText, textsOf } from './mutate-json.js'
import type { BytesMutation, Mutation, QueryMutation, TicketMutation } from './mutation.js'
import type { ValidRequest } from './valid-requests.js'

/** A request as it is written to the socket. */
export interface WireRequest {
  head: string[]
  body: Buffer
  /** Its length may not be what it says, and then the server waits for what never comes. */
  isCut: boolean
}

/** @param tickets good ones of several users and kinds, to exchange and to splice */
export function mutate(valid: ValidRequest, mutations: Mutation[], tickets: string[]): WireRequest {
  const request = structuredClone(valid)
  // The values are constants, and would grow into each other.
  for (const mutation of mutations) apply(request, structuredClone(mutation), tickets)
  let body = Buffer.from(request.body === undefined ? '' : serialize(request.body))
  for (const mutation of mutations) {
    if (mutation.kind === 'bytes' && body.length > 0) body = spliceBytes(body, mutation)
  }
  const path = `/${request.segments.map(printable).join('/')}`
  const query = request.query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  const hasLength = request.headers.some(([name]) => ['content-length', 'transfer-encoding'].includes(name))
  const headers = request.headers.map(([name, value]) => `${name}: ${value}`)
  if (!hasLength && body.length > 0) headers.push(`content-length: ${body.length}`)
  const head = [`${request.method} ${path}${query && `?${query}`} HTTP/1.1`, ...headers]
  return { head, body, isCut: hasLength }
}

function apply(request: ValidRequest, mutation: Mutation, tickets: string[]): void {
  switch (mutation.kind) {
    case 'method':
      request.method = mutation.value
      break
    case 'segment': {
      const { at, how, value } = mutation
      const inserted = how === 'remove' ? [] : [encode(value)]
      request.segments.splice(at % request.segments.length, how === 'insert' ? 0 : 1, ...inserted)
      break
    }
    case 'header': {
      const { name, how, value } = mutation
      if (how !== 'add') request.headers = request.headers.filter(([other]) => other !== name)
      if (how !== 'remove') request.headers.push([name, value])
      break
    }
    case 'query':
      mutateQuery(request, mutation)
      break
    case 'ticket':
      mutateTicket(request, mutation, tickets)
      break
    case 'splice':
      spliceText(request, mutation)
      break
    case 'bytes':
      break
    default:
      mutateNode(request, mutation)
  }
}

function mutateQuery({ query }: ValidRequest, { at, how, value }: QueryMutation): void {
  const index = at % Math.max(1, query.length)
  const [name, old] = query[index] ?? ['key', '']
  const changed: Record<QueryMutation['how'], [name: string, value: string][]> = {
    remove: [],
    replace: [[name, value]],
    repeat: [
      [name, old],
      [name, value],
    ],
    rename: [[name + value, old]],
  }
  query.splice(index, 1, ...changed[how])
}

function mutateTicket(
  request: ValidRequest,
  { at, position, other, how }: TicketMutation,
  tickets: string[],
): void {
  const places = [...segmentsOf(request), ...textsOf(request)].filter(({ text }) => text.startsWith('eyJ'))
  const place = places[at % Math.max(1, places.length)]
  if (!place) return
  const { text, replace } = place
  const stranger = tickets[other % tickets.length] ?? ''
  const index = position % text.length
  const changed: Record<TicketMutation['how'], string> = {
    exchange: stranger,
    cross: text.slice(0, index) + stranger.slice(index),
    character: text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1),
    signature: text.slice(0, text.lastIndexOf('.')) + stranger.slice(stranger.lastIndexOf('.')),
  }
  replace(changed[how])
}

function segmentsOf({ segments }: ValidRequest): Place[] {
  return segments.map((text, index) => ({
    text,
    replace: (other) => {
      segments[index] = other
    },
  }))
}

function spliceBytes(body: Buffer, { position, length, insert }: BytesMutation): Buffer<ArrayBuffer> {
  const start = position % (body.length + 1)
  return Buffer.concat([body.subarray(0, start), Buffer.from(insert), body.subarray(start + length)])
}

/** Half of what should be encoded is left as it is. */
function encode(text: string): string {
  return text.length % 2 === 0 ? encodeURIComponent(wellFormed(text)) : printable(text)
}

/** What fits into a request line. */
function printable(text: string): string {
  return wellFormed(text).replace(/[^!-~]+/g, encodeURIComponent)
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD')
}
