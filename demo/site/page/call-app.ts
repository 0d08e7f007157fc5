// Calls to the demo's own routes.

export class AppError extends Error {
  /** @param message a sentence for the user @param isDown whether the server is down, so that the call may succeed later */
  constructor(
    message: string,
    readonly isDown: boolean,
  ) {
    super(message)
  }
}

/** @throws AppError */
export async function callApp(path: string, body?: object): Promise<Response> {
  const request = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const response = await fetch(path, request).catch(() => {
    throw new AppError('The server does not answer.', true)
  })
  if (response.ok) return response
  const isDown = response.status >= 500
  // The body of a 5xx is not meant for users.
  const reason = isDown ? `Status ${response.status}.` : await response.text()
  throw new AppError(`The server could not do it. ${reason}`, isDown)
}
