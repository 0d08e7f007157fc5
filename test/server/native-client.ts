// A client of the native routes, by fetch alone.
import { createHash } from 'node:crypto'
import type {
  AbortReply,
  CompletedUpload,
  CompleteReply,
  CreateReply,
  ErrorBody,
  FileRequest,
  Grant,
  MultipartGrant,
  PartsReply,
  PartwayOptions,
  SignedPart,
  SignReply,
  UnfinishedReply,
  UnfinishedRequest,
} from '@partway/koa'
import { expect } from 'vitest'
import { createBucket, type S3UnderTest } from '../support/s3-under-test.js'
import { type HostApp, post, serveApp, testOptions } from './serve.js'

const MIB = 1024 ** 2

/** A host app with a bucket of its own, and what a client does with it. */
export async function openApp(s3: S3UnderTest, more: Partial<PartwayOptions> = {}) {
  const bucket = await createBucket(s3.client)
  const host = await serveApp(testOptions(s3, bucket, { partSize: 5 * MIB, ...more }))
  return { bucket, host, ...client(host) }
}

/** @param browser as a page tells it */
export function client({ origin }: Pick<HostApp, 'origin'>, user = 'ada', browser = 'a browser of ada') {
  const told = { browser: createHash('md5').update(browser).digest('hex') }
  const send = async <Body>(route: string, body: unknown) =>
    (await post<Body>(`${origin}/uploads/${route}`, body, { 'x-user': user })).body
  return {
    async create(...files: FileRequest[]): Promise<Grant[]> {
      return (await send<CreateReply>('create', { files, ...told })).uploads as Grant[]
    },
    sign: (ticket: string, ...numbers: number[]) =>
      send<SignReply & ErrorBody>('sign', { ticket, parts: numbers.map((partNumber) => ({ partNumber })) }),
    parts: (ticket: string, more: { sign?: boolean } = {}) =>
      send<PartsReply & ErrorBody>('parts', { ticket, ...more }),
    unfinished: (wanted: Omit<UnfinishedRequest, 'browser'> = {}) =>
      send<UnfinishedReply & ErrorBody>('unfinished', { ...told, ...wanted }),
    async complete(...tickets: string[]): Promise<(CompletedUpload & ErrorBody)[]> {
      return (await send<CompleteReply>('complete', { tickets })).uploads as (CompletedUpload & ErrorBody)[]
    },
    async completeWith(ticket: string, checksum: string) {
      const reply = await send<CompleteReply & ErrorBody>('complete', { tickets: [ticket], checksum })
      return reply.uploads ?? [reply]
    },
    async abort(...tickets: string[]) {
      return (await send<AbortReply>('abort', { tickets })).uploads
    },
  }
}

export function partOf(bytes: Uint8Array, { partSize }: MultipartGrant, partNumber: number) {
  return bytes.subarray((partNumber - 1) * partSize, partNumber * partSize)
}

export async function sendPart({ url }: SignedPart, body: Uint8Array) {
  const { status } = await fetch(url, { method: 'PUT', body: body as BodyInit })
  return status
}

export async function sendAll(bytes: Uint8Array, grant: MultipartGrant) {
  for (const part of grant.parts) {
    expect(await sendPart(part, partOf(bytes, grant, part.partNumber))).toBe(200)
  }
}

export async function sendForm(grant: Grant, bytes: Uint8Array) {
  if (grant.kind !== 'form') throw new Error(`a form grant was expected, not ${grant.kind}`)
  const form = new FormData()
  for (const [name, value] of Object.entries(grant.fields)) form.set(name, value)
  form.set('file', new Blob([bytes as BlobPart]))
  const response = await fetch(grant.url, { method: 'POST', body: form })
  return response.status
}

export function multipart(grant: Grant | undefined): MultipartGrant {
  if (grant?.kind !== 'multipart') throw new Error(`a multipart grant was expected, not ${grant?.kind}`)
  return grant
}
