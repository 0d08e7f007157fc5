// Who is signed in, and signing in as another person.
import type { PartwayBody } from '@partway/uppy'
import type { Meta, Uppy } from '@uppy/core'
import type { Person } from '../../people/visitor.js'
import { callApp } from '../page/call-app.js'
import { findElement } from '../page/create-element.js'

export interface Session {
  /** Owner of the uploads, as the server names it. */
  owner: string
  person: Person
  /** Whether the demo uses its embedded store. A real S3 cannot be broken. */
  canBreak: boolean
}

export async function readSession(): Promise<Session> {
  return (await callApp('/session')).json()
}

const WHILE_UPLOADING =
  'An upload is in progress. Sign in as somebody else? S3 keeps what has arrived, and only you can continue it.'

/** Reloads the page for the new person. */
export function offerSignIn({ person }: Session, uppy: Uppy<Meta, PartwayBody>): void {
  const select = findElement<HTMLSelectElement>('#person')
  select.value = person
  select.addEventListener('change', async () => {
    const isUploading = Object.keys(uppy.getState().currentUploads).length > 0
    if (isUploading && !confirm(WHILE_UPLOADING)) {
      select.value = person
      return
    }
    await callApp('/session', { as: select.value })
    location.reload()
  })
}
