// Calls the running middleware, and recognizes Partway's replies.
import { z } from 'zod'
import { ERROR_CODES, type ErrorCode } from '../../../../errors.js'
import type { AppUnderTest } from '../../probe.js'

const TIMEOUT_MS = 30_000

/** The fields of `ConfigReply` that the checks read. */
const ConfigSchema = z.object({
  limits: z.object({ maxFileSize: z.number() }),
  multipartThreshold: z.number(),
  checksum: z.enum(['md5', 'crc64nvme', 'none']),
  singleUpload: z.enum(['form', 'put']),
  storageOrigins: z.array(z.string()),
})
export type SeenConfig = z.infer<typeof ConfigSchema>

const codeSchema = z.enum(Object.keys(ERROR_CODES) as ErrorCode[])
const RefusalSchema = z.object({ code: codeSchema, error: z.string() })
const HealthSchema = z.object({ ok: z.boolean(), code: codeSchema.optional() })

export interface AppReply {
  status: number
  headers: Headers
  body: string
  sentAt: number
  /** The reply to `GET /config`. */
  config: SeenConfig | undefined
  /** A refusal by Partway. */
  refusal: z.infer<typeof RefusalSchema> | undefined
  /** The reply to `GET /health`. */
  health: z.infer<typeof HealthSchema> | undefined
}

/** @param headers sent besides those that sign in */
export async function callApp(
  { url, headers: signIn }: AppUnderTest,
  {
    method = 'GET',
    path = '/config',
    headers = {},
  }: { method?: string; path?: string; headers?: Record<string, string> } = {},
): Promise<AppReply> {
  const sentAt = Date.now()
  const response = await fetch(url + path, {
    method,
    // A preflight carries no credentials.
    headers: { accept: 'application/json', ...(method !== 'OPTIONS' && signIn), ...headers },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const body = await response.text()
  const json = parse(body)
  return {
    status: response.status,
    headers: response.headers,
    body,
    sentAt,
    config: ConfigSchema.safeParse(json).data,
    refusal: RefusalSchema.safeParse(json).data,
    health: HealthSchema.safeParse(json).data,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
