// A client of the Companion routes, by fetch alone.
import type { ErrorBody } from '@partway/koa'
import { call, type HostApp, post } from '../serve.js'

export interface OpenUpload {
  key: string
  /** Our ticket. */
  uploadId: string
}

export interface ReportedPart {
  PartNumber: number
  ETag: string
}

export function companion({ origin }: Pick<HostApp, 'origin'>, user = 'ada') {
  const base = `${origin}/uploads/s3/multipart`
  const headers = { 'x-user': user }
  const url = ({ uploadId, key }: OpenUpload, rest = '', query: Record<string, string> = {}) =>
    `${base}/${encodeURIComponent(uploadId)}${rest}?${new URLSearchParams({ key, ...query })}`
  return {
    async create(body: object): Promise<OpenUpload & ErrorBody> {
      return (await post<OpenUpload & ErrorBody>(base, body, headers)).body
    },
    async list(upload: OpenUpload) {
      return (await call<(ReportedPart & { Size: number })[] & ErrorBody>(url(upload), { headers })).body
    },
    async sign(upload: OpenUpload, partNumber: number) {
      return (await call<{ url: string } & ErrorBody>(url(upload, `/${partNumber}`), { headers })).body
    },
    async batch(upload: OpenUpload, partNumbers: string) {
      const target = url(upload, '/batch', { partNumbers })
      return (await call<{ presignedUrls: Record<string, string> } & ErrorBody>(target, { headers })).body
    },
    async complete(upload: OpenUpload, parts: ReportedPart[]) {
      const target = url(upload, '/complete')
      return (await post<{ location: string; key: string } & ErrorBody>(target, { parts }, headers)).body
    },
    async abort(upload: OpenUpload): Promise<Partial<ErrorBody>> {
      return (await call<Partial<ErrorBody>>(url(upload), { method: 'DELETE', headers })).body
    },
  }
}

/** Sends one part and tells it as a Companion client would. */
export async function sendOpenPart(url: string, partNumber: number, body: Uint8Array): Promise<ReportedPart> {
  const response = await fetch(url, { method: 'PUT', body: body as BodyInit })
  if (!response.ok) throw new Error(`S3 answered part ${partNumber} with ${response.status}`)
  return { PartNumber: partNumber, ETag: response.headers.get('etag') ?? '' }
}
