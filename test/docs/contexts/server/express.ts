// Who signs in to an Express app, which is asked by its address.
import express from 'express'
import { expect, vi } from 'vitest'
import { askAsPage, note } from '../../code/ada-app.js'

/** What the snippet calls on its app. */
const use = vi.spyOn(express.application, 'use')

export const signIn: express.RequestHandler = (_request, response, next) => {
  response.locals.user = { id: 'ada' }
  next()
}

export async function check(): Promise<void> {
  const [app] = use.mock.contexts
  use.mockRestore()
  const { body } = await askAsPage(app as express.Express, '/uploads/create', { files: [note] })
  expect(body).toMatchObject({ uploads: [{ kind: 'form', key: expect.stringMatching(/^ada\//) }] })
}
