// A reply on its way from the target to the client, and the ways to change it.
export interface Reply {
  status: number
  message: string
  /** Names and values in turn, as they are sent. */
  headers: string[]
  body: AsyncIterable<Buffer>
}

/** @param edit changes the headers in place */
export function editHeaders(reply: Reply, edit: (headers: Headers) => void): Reply {
  const headers = new Headers()
  for (let i = 0; i < reply.headers.length; i += 2) {
    headers.append(reply.headers[i] as string, reply.headers[i + 1] as string)
  }
  edit(headers)
  return { ...reply, headers: [...headers].flat() }
}

export async function discard(body: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of body);
}
