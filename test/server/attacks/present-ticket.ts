// What every route that takes a ticket answers to one.
import { call, type HostApp, post } from '../serve.js'

/** The Companion routes need the key as well. */
export interface Presented {
  ticket: string
  key: string
}

/** The code of each route's refusal by the route's name; `undefined`: it was accepted. */
export type Codes = Record<string, string | undefined>

type Present = (host: Pick<HostApp, 'origin'>, presented: Presented, user?: string) => Promise<Codes>

const nativeBodies: Record<string, (ticket: string) => object> = {
  sign: (ticket) => ({ ticket, parts: [{ partNumber: 1 }] }),
  parts: (ticket) => ({ ticket }),
  complete: (ticket) => ({ tickets: [ticket] }),
  abort: (ticket) => ({ tickets: [ticket] }),
}

export const presentNatively: Present = async ({ origin }, { ticket }, user = 'ada') => {
  const codes: Codes = {}
  for (const [route, bodyOf] of Object.entries(nativeBodies)) {
    const { body } = await post(`${origin}/uploads/${route}`, bodyOf(ticket), { 'x-user': user })
    codes[`POST /${route}`] = codeOf(body)
  }
  return codes
}

const companionRoutes: [method: string, rest: string, query?: Record<string, string>, body?: object][] = [
  ['GET', ''],
  ['GET', '/1'],
  ['GET', '/batch', { partNumbers: '1,2' }],
  ['POST', '/complete', {}, { parts: [{ PartNumber: 1, ETag: 'e' }] }],
  ['DELETE', ''],
]

export const presentToCompanion: Present = async ({ origin }, { ticket, key }, user = 'ada') => {
  const codes: Codes = {}
  for (const [method, rest, query, body] of companionRoutes) {
    const path = `${encodeURIComponent(ticket)}${rest}?${new URLSearchParams({ key, ...query })}`
    const answer = await call(`${origin}/uploads/s3/multipart/${path}`, {
      method,
      headers: { 'x-user': user, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    codes[`${method} :uploadId${rest}`] = codeOf(answer.body)
  }
  return codes
}

export const presentEverywhere: Present = async (...args) => ({
  ...(await presentNatively(...args)),
  ...(await presentToCompanion(...args)),
})

/** Of a refused call, or of the one item in a list. */
function codeOf(body: unknown): string | undefined {
  const { code, uploads } = body as { code?: string; uploads?: ({ code?: string } | null)[] }
  return uploads ? uploads[0]?.code : code
}
