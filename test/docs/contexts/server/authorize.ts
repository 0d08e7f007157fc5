// Projects with members: one file is let in, with what the project says of it, and one is not.
import { expect } from 'vitest'
import { AdaApp, mountIn, note } from '../../code/ada-app.js'

const host = new AdaApp()
export const partway = mountIn(host)

const film = { id: 'film', members: ['ada'], archived: true, isPaid: false }
const secret = { id: 'secret', members: ['linus'], archived: false, isPaid: true }
export const projects = {
  find: async (id: string | undefined) => [film, secret].find((project) => project.id === id),
}

export async function check(): Promise<void> {
  const files = ['film', 'secret'].map((project) => ({ ...note, metadata: { project } }))
  const { body } = await host.ask('/uploads/create', { files })
  expect(body).toMatchObject({
    uploads: [
      { kind: 'form', key: expect.stringMatching(/^projects\/film\//) },
      { code: 'refused', error: 'You are not a member of this project.' },
    ],
  })
}
