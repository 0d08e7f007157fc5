// Explains errors of S3, the network and fetch in a sentence each, with what to do.
import { PartwayError } from '../../errors.js'
import { readFailure } from '../../s3/s3-errors.js'

interface Advice {
  codes: RegExp
  /** @param where such as `s3.example.com:9000` */
  seen: (where: string) => string
  fix: string
}

// Codes of Node, OpenSSL and undici.
const network: Advice[] = [
  {
    codes: /^(ENOTFOUND|EAI_AGAIN)$/,
    seen: (where) => `the name in ${where} is not known to DNS`,
    fix: 'Correct the endpoint or the region; for a store whose bucket names are no host names, use path style (--path-style, option `forcePathStyle`).',
  },
  {
    codes: /^ECONNREFUSED$/,
    seen: (where) => `nothing listens at ${where}`,
    fix: 'Start it, or correct host and port.',
  },
  {
    codes: /^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
    seen: (where) => `no way to ${where} from here`,
    fix: 'Let the firewall and the network pass connections to it.',
  },
  {
    codes: /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/,
    seen: (where) => `the TLS certificate of ${where} is not accepted`,
    fix: 'Give it a certificate for that name from a known authority, or name your own authority in NODE_EXTRA_CA_CERTS. Browsers have to accept it too.',
  },
  {
    codes: /^(EPROTO|ERR_SSL_)/,
    seen: (where) => `${where} does not answer in TLS`,
    fix: 'Use http:// in place of https://, or the port that has TLS.',
  },
  {
    codes: /^(HPE_|HTTPParserError|ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES)/,
    seen: (where) => `${where} closes the connection or does not answer in HTTP`,
    fix: 'Correct host and port; if it has TLS, use https://.',
  },
]

/** @param where host and port that were called */
export function explainFailure(error: unknown, where: string): { seen: string; fix: string } {
  const cause = causeOf(error)
  const code = systemCode(cause)
  const advice = code === undefined ? undefined : network.find(({ codes }) => codes.test(code))
  if (advice) return { seen: `${advice.seen(where)} (${code})`, fix: advice.fix }
  if (cause instanceof Error && (cause.name === 'TimeoutError' || cause.name === 'AbortError')) {
    return {
      seen: `${where} did not answer in time`,
      fix: 'Find out why it is slow, then run the doctor again.',
    }
  }
  return { seen: describeFailure(error), fix: 'Look at what the store logs of this request.' }
}

/** S3's own words: `403 AccessDenied: Access Denied`. */
export function describeFailure(error: unknown): string {
  const cause = causeOf(error)
  if (!(cause instanceof Error)) return String(cause)
  // The SDK's message if the reply has none.
  const hasWords = cause.message && ![cause.name, 'UnknownError'].includes(cause.message)
  const message = hasWords ? `: ${shorten(cause.message)}` : ''
  return `${nameFailure(cause)}${message}`
}

/** Status and code: `403 AccessDenied`. */
export function nameFailure(error: unknown): string {
  const cause = causeOf(error)
  if (!(cause instanceof Error)) return String(cause)
  const { status } = readFailure(cause)
  return `${status === undefined ? '' : `${status} `}${systemCode(cause) ?? cause.name}`
}

// The middleware's errors are worded for users of the page.
function causeOf(error: unknown): unknown {
  return error instanceof PartwayError && error.cause !== undefined ? error.cause : error
}

/** Code of an error or of its cause: `fetch` and the SDK wrap errors. */
function systemCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && /^[A-Z0-9_]+$/.test(code)) return code
    // It has a code up to Node.js 22.
    if (cause.name === 'HTTPParserError') return cause.name
    if (cause instanceof AggregateError && cause.errors.length > 0) return systemCode(cause.errors[0])
  }
  return undefined
}

/** One line of at most 200 characters. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`
}
