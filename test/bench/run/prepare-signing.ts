// The call that signs 100 parts, for each server that has one.
import type { ServerKind } from '../servers/server-setting.js'

export interface SigningCall {
  method: 'GET' | 'POST'
  url: string
  body?: string
  /** In one call. */
  signatures: number
}

const PARTS = 100
/** It has more parts than are signed, however a server cuts it. */
const FILE_BYTES = 4 * 1024 ** 3

/** Begins an upload of more parts. @param mount where the server's routes are */
export async function prepareSigning(server: ServerKind, mount: string): Promise<SigningCall> {
  const call = server === 'partway' ? await prepareSign(mount) : await prepareBatch(mount)
  // Whatever it answers under load has to be what is counted.
  const { method, url, body } = call
  const reply = await fetch(url, { method, ...(body && { body, headers: JSON_HEADERS }) })
  const signed = (await reply.text()).match(/X-Amz-Signature/g)?.length
  if (signed !== PARTS) throw new Error(`${url} answers ${reply.status} with ${signed} signatures`)
  return call
}

async function prepareSign(mount: string): Promise<SigningCall> {
  const file = { name: 'film.bin', type: 'video/mp4', size: FILE_BYTES }
  const { uploads } = await post<{ uploads: { ticket: string }[] }>(`${mount}/create`, { files: [file] })
  const parts = numbers().map((partNumber) => ({ partNumber }))
  const body = JSON.stringify({ ticket: uploads[0]?.ticket, parts })
  return { method: 'POST', url: `${mount}/sign`, body, signatures: PARTS }
}

async function prepareBatch(mount: string): Promise<SigningCall> {
  const file = { filename: 'film.bin', type: 'video/mp4', metadata: {} }
  const { key, uploadId } = await post<{ key: string; uploadId: string }>(`${mount}/s3/multipart`, file)
  const query = new URLSearchParams({ key, partNumbers: numbers().join(',') })
  return { method: 'GET', url: `${mount}/s3/multipart/${uploadId}/batch?${query}`, signatures: PARTS }
}

const numbers = () => Array.from({ length: PARTS }, (_, index) => index + 1)

export const JSON_HEADERS = { 'content-type': 'application/json' }

async function post<Reply>(url: string, body: unknown): Promise<Reply> {
  const reply = await fetch(url, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) })
  if (!reply.ok) throw new Error(`${url} answers ${reply.status}: ${await reply.text()}`)
  return (await reply.json()) as Reply
}
