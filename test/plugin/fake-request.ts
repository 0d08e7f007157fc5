// An XMLHttpRequest, as far as the plugin uses it. Whoever holds it plays S3.

export class FakeRequest {
  method = ''
  url = ''
  headers: Record<string, string> = {}
  body: unknown
  status = 0
  responseText = ''
  /** Sent, and not ended. */
  underWay = false
  onloadend: (() => void) | null = null
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null } = {
    onprogress: null,
  }
  #responseHeaders = ''

  constructor(private readonly onSend: (request: FakeRequest) => void = () => {}) {}

  /** The part's number in the world's URLs. */
  get partNumber(): number {
    return Number(/\/(\d+)\?/.exec(this.url)?.[1])
  }
  get size(): number {
    return this.body instanceof Blob ? this.body.size : ((this.body as FormData).get('file') as File).size
  }

  open(method: string, url: string): void {
    this.method = method
    this.url = url
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value
  }
  getAllResponseHeaders(): string {
    return this.#responseHeaders
  }
  send(body: unknown): void {
    this.body = body
    this.underWay = true
    this.onSend(this)
  }
  abort(): void {
    if (this.underWay) this.#end(0)
  }
  /** S3 has taken so many bytes. */
  progress(loaded: number, total = this.size): void {
    if (this.underWay) this.upload.onprogress?.({ loaded, total })
  }
  /** S3 answers; status 0 is a network error. */
  respond(status: number, text = '', headers = ''): void {
    if (!this.underWay) return
    this.responseText = text
    this.#responseHeaders = headers
    this.#end(status)
  }
  #end(status: number): void {
    this.underWay = false
    this.status = status
    this.onloadend?.()
  }
}
