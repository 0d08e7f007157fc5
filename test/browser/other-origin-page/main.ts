// A page whose middleware is on another origin. The query says where, and how the user is known there.
import Partway from '@partway/uppy'
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'

const query = new URLSearchParams(location.search)
const endpoint = query.get('endpoint') ?? ''

let token: Promise<string> | undefined

/** Asks for a token when there is none, and for another when that one was refused. */
async function askToken(refused: boolean): Promise<Record<string, string>> {
  if (refused) token = undefined
  token ??= fetch('/token').then((reply) => reply.text())
  return { authorization: `Bearer ${await token}` }
}

const signIn = {
  token: { headers: askToken },
  cookie: { credentials: 'include' },
  nothing: {},
} as const

const knownBy = query.get('by') as keyof typeof signIn
new Uppy()
  .use(Dashboard, { inline: true, target: '#drop', width: '100%' })
  .use(Partway, { endpoint, ...signIn[knownBy] })
