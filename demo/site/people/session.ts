// Who is signed in, and signing in as somebody else.
import type { Person } from '../../people/visitor.js'
import { callApp } from '../page/call-app.js'
import { findElement } from '../page/create-element.js'

export interface Session {
  /** Of the uploads. */
  owner: string
  person: Person
  /** Whether the embedded store is used, which can be broken. */
  canBreak: boolean
}

export async function readSession(): Promise<Session> {
  return (await callApp('/session')).json()
}

/** The page starts over for whoever signs in. */
export function offerSignIn({ person }: Session): void {
  const select = findElement<HTMLSelectElement>('#person')
  select.value = person
  select.addEventListener('change', async () => {
    await callApp('/session', { as: select.value })
    location.reload()
  })
}
