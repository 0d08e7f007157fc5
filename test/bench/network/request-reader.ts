// Reads from a client's bytes which requests they are, without keeping or changing them: HTTP/1.1 with lengths, as
// browsers send it.

/** A request that has come through. */
export interface PassedRequest {
  method: string
  /** With its query. */
  path: string
  /** A CORS preflight. */
  preflight: boolean
  /** Bytes of the body so far. */
  bodyBytes: number
  /** Bytes of the body in the end. */
  length: number
  /** `Date.now()` when its head and first bytes came out of the link. */
  at: number
}

const HEAD_END = '\r\n\r\n'

/** Of one connection. */
export class RequestReader {
  #head = ''
  #bodyLeft = 0
  #request: PassedRequest | undefined

  /** @param passed told of each request when its head is there; the request's `bodyBytes` grows afterwards */
  constructor(private readonly passed: (request: PassedRequest) => void) {}

  read(bytes: Buffer): void {
    let rest = bytes
    while (rest.length > 0) rest = this.#bodyLeft > 0 ? this.#readBody(rest) : this.#readHead(rest)
  }

  #readBody(bytes: Buffer): Buffer {
    const taken = Math.min(bytes.length, this.#bodyLeft)
    this.#bodyLeft -= taken
    if (this.#request) this.#request.bodyBytes += taken
    return bytes.subarray(taken)
  }

  #readHead(bytes: Buffer): Buffer {
    const before = this.#head.length
    this.#head += bytes.toString('latin1')
    const end = this.#head.indexOf(HEAD_END)
    if (end < 0) return bytes.subarray(bytes.length)
    const head = this.#head.slice(0, end)
    this.#head = ''
    this.#begin(head)
    return bytes.subarray(end + HEAD_END.length - before)
  }

  #begin(head: string): void {
    const [method = '', path = ''] = head.slice(0, head.indexOf('\r\n')).split(' ')
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
    this.#bodyLeft = length
    const preflight = method === 'OPTIONS' && /^access-control-request-method:/im.test(head)
    this.#request = { method, path, preflight, bodyBytes: 0, length, at: Date.now() }
    this.passed(this.#request)
  }
}
