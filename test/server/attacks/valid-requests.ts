// A valid request to every route of both tables, made of tickets that are good.
import type { FileRequest } from '@partway/koa'
import { digest } from '../../../server/core/src/tickets/claims.js'
import { client, multipart, sendAll, sendForm } from '../native-client.js'
import type { HostApp } from '../serve.js'
import { companion, type OpenUpload, type ReportedPart, sendOpenPart } from './companion-client.js'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

export interface ValidRequest {
  method: string
  /** Encoded. */
  segments: string[]
  /** Not encoded. */
  query: [name: string, value: string][]
  headers: [name: string, value: string][]
  body?: Json
}

/** Uploads of one user, all of whose bytes S3 holds. */
export interface Uploads {
  user: string
  single: string
  planned: string
  /** To give up. */
  spare: string
  open: OpenUpload
  part: ReportedPart
}

/** The server must send files of over 1 byte in parts. */
export async function openUploads(host: HostApp, user: string): Promise<Uploads> {
  const native = client(host, user)
  const file: FileRequest = { name: 'a', type: '', size: 2 }
  const [form, planned, spare] = await native.create({ ...file, size: 1 }, file, file)
  if (!form || !planned || !spare) throw new Error('three grants were expected')
  const { create, sign } = companion(host, user)
  const open = await create({ filename: 'a', type: '' })
  const bytes = Buffer.from('xy')
  const [part] = await Promise.all([
    sign(open, 1).then(({ url }) => sendOpenPart(url, 1, bytes)),
    sendForm(form, bytes.subarray(1)),
    sendAll(bytes, multipart(planned)),
  ])
  return { user, single: form.ticket, planned: planned.ticket, spare: spare.ticket, open, part }
}

export function validRequests({ user, single, planned, spare, open, part }: Uploads): ValidRequest[] {
  const request = (
    method: string,
    path: string,
    query: Record<string, string>,
    body?: Json,
  ): ValidRequest => ({
    method,
    segments: ['uploads', ...path.split('/').map((segment) => segment.replace(':id', open.uploadId))],
    query: Object.entries(query),
    headers: [
      ['x-user', user],
      ...(body === undefined ? [] : [['content-type', 'application/json'] as [string, string]]),
    ],
    ...(body !== undefined && { body }),
  })
  const post = (route: string, body: Json) => request('POST', route, {}, body)
  const { key } = open
  const metadata = { name: 'film.mp4', relativePath: 'a/b', album: 'Übung' }
  const file = { name: 'film.mp4', type: 'video/mp4', size: 20_000_000, metadata }
  const idempotencyKey = '0123456789abcdef'
  const browser = 'fedcba9876543210'
  return [
    request('GET', 'config', {}),
    post('create', { files: [file] }),
    post('create', { browser, files: [{ ...file, idempotencyKey, owner: digest(user) }] }),
    post('create', { files: [{ ...file, size: 1 }, { name: 'b', type: '', size: 0 }, file] }),
    post('sign', { ticket: planned, parts: [{ partNumber: 1 }] }),
    post('parts', { ticket: planned, sign: true }),
    post('complete', { tickets: [single, planned] }),
    post('abort', { tickets: [spare] }),
    post('unfinished', { browser, idempotencyKey }),
    post('unfinished', { after: `m-${'A'.repeat(45)}` }),
    request('GET', 's3/params', { filename: 'a.png', type: 'image/png', 'metadata[name]': 'a.png' }),
    post('s3/multipart', {
      filename: 'a.png',
      type: 'image/png',
      metadata: { ...metadata, relativePath: null, take: 7 },
    }),
    request('GET', 's3/multipart/:id', { key }),
    request('GET', 's3/multipart/:id/1', { key }),
    request('GET', 's3/multipart/:id/batch', { key, partNumbers: '1,2,3' }),
    request('POST', 's3/multipart/:id/complete', { key }, { parts: [{ ...part }] }),
    request('DELETE', 's3/multipart/:id', { key }),
  ]
}
