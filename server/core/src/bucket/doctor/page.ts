// Sends requests as a browser does for a page on the origin, and says whether the browser would allow them.
import { shorten } from './explain-failure.js'

export interface PageReply {
  status: number
  /** S3's code of a refusal, such as `SignatureDoesNotMatch`. */
  code: string | undefined
  /** `Access-Control-Allow-Origin` names the page's origin. */
  isReadable: boolean
  headers: Headers
  body: string
}

/** What a preflight asks for. */
export interface Wanted {
  method: 'POST' | 'PUT' | 'GET'
  /** In lower case. */
  headers: readonly string[]
}

export class Page {
  readonly #origin: string
  readonly #timeoutMs: number
  readonly #signal: AbortSignal

  /**
   * @param timeoutMs for each request
   * @param signal aborts requests that only read. Others may change the bucket, and finish so that their outcome is known
   */
  constructor(origin: string, timeoutMs: number, signal: AbortSignal) {
    this.#origin = origin
    this.#timeoutMs = timeoutMs
    this.#signal = signal
  }

  /** Sends the `OPTIONS` request of Chromium before one that is not simple. @returns whether that may be sent */
  async preflight(url: string, { method, headers }: Wanted): Promise<PageReply & { isAllowed: boolean }> {
    const reply = await this.send(url, {
      method: 'OPTIONS',
      headers: {
        'access-control-request-method': method,
        ...(headers.length > 0 && { 'access-control-request-headers': [...headers].sort().join(',') }),
      },
    })
    const allowed = (name: string) =>
      (reply.headers.get(name) ?? '').split(',').map((item) => item.trim().toLowerCase())
    const allowsMethod = method !== 'PUT' || anyOf(['put', '*'], allowed('access-control-allow-methods'))
    const allowsHeaders = headers.every((name) => anyOf([name, '*'], allowed('access-control-allow-headers')))
    const isSuccess = reply.status >= 200 && reply.status < 300
    return { ...reply, isAllowed: isSuccess && reply.isReadable && allowsMethod && allowsHeaders }
  }

  async put(url: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<PageReply> {
    return await this.send(url, { method: 'PUT', headers, body })
  }

  /** The file comes last, as S3 requires. */
  async postForm(url: string, fields: Record<string, string>, file: Uint8Array): Promise<PageReply> {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('file', new Blob([file]))
    return await this.send(url, { method: 'POST', body: form })
  }

  async send(url: string, { headers, signal, ...init }: RequestInit): Promise<PageReply> {
    const response = await fetch(url, {
      ...init,
      headers: { accept: '*/*', origin: this.#origin, 'sec-fetch-site': 'cross-site', ...headers },
      redirect: 'manual',
      signal: signal ?? this.#limit(init.method),
    })
    const body = await response.text()
    const allowed = response.headers.get('access-control-allow-origin')
    return {
      status: response.status,
      code: /<Code>([^<]*)<\/Code>/.exec(body)?.[1],
      isReadable: allowed === '*' || allowed === this.#origin,
      headers: response.headers,
      body,
    }
  }

  #limit(method: string | undefined): AbortSignal {
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    const onlyReads = method === 'GET' || method === 'OPTIONS'
    return onlyReads ? AbortSignal.any([this.#signal, timeout]) : timeout
  }
}

/** `403 SignatureDoesNotMatch` */
export function nameReply({ status, code }: PageReply): string {
  return code === undefined ? String(status) : `${status} ${code}`
}

/** With S3's message, if there is one. */
export function describeReply(reply: PageReply): string {
  const message = /<Message>([^<]*)<\/Message>/.exec(reply.body)?.[1]
  return `${nameReply(reply)}${message ? `: ${shorten(message)}` : ''}`
}

function anyOf(names: string[], allowed: string[]): boolean {
  return names.some((name) => allowed.includes(name))
}
