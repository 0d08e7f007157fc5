// Sessions, and a server of Node's own that does not listen: it is asked as any other app.
import { type RequestListener, Server } from 'node:http'
import { expect, vi } from 'vitest'
import { askAsPage, note } from '../../code/ada-app.js'

const listen = vi.spyOn(Server.prototype, 'listen').mockReturnThis()

export const sessions = { find: (_cookie: string | undefined) => ({ userId: 'ada' }) }

export async function check(): Promise<void> {
  const [server] = listen.mock.contexts
  listen.mockRestore()
  const [listener] = (server as Server).listeners('request')
  const answer = await askAsPage(listener as RequestListener, '/uploads/create', { files: [note] })
  expect(answer).toMatchObject({
    status: 200,
    body: { uploads: [{ kind: 'form', key: expect.stringMatching(/^ada\//) }] },
  })
  expect(await askAsPage(listener as RequestListener, '/elsewhere')).toMatchObject({ status: 404 })
}
