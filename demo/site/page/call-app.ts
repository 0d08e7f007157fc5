// Calls to the demo's own routes.

/** @throws Error with a sentence for the user */
export async function callApp(path: string, body?: object): Promise<Response> {
  const request = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const response = await fetch(path, request).catch(() => {
    throw new Error('The server does not answer.')
  })
  if (response.ok) return response
  // The host's own failures have no sentence for users.
  const reason = response.status < 500 ? await response.text() : `Status ${response.status}.`
  throw new Error(`The server could not do it. ${reason}`)
}
