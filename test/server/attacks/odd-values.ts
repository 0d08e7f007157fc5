// What an attacker puts where something else is expected.
import type { Json } from './valid-requests.js'

/** In front of JSON text that is sent as it is, because JSON.stringify would not write it. */
export const RAW = '@raw:'

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Neither text nor list, and its length cannot be compared: what is measured before its type is looked at breaks. */
export const measureless = { length: { toString: 'x' } }

export const oddTexts: string[] = [
  ...words(
    `. .. ../ ..\\ / \\ % %00 %2e%2e%2f %E0%A4%A ? # & = + : ; , " ' <x> * */* =?UTF-8?B?eA==?= [] {} [object`,
  ),
  ...words(
    '0 1 -1 1e3 01 5abc 10000 10001 1,2,3 NaN null true ada eve anonymous application/json é 😀 a/b;c="d"',
  ),
  ...words(
    '__proto__ constructor prototype toString then partway-id batch complete multipart config uploads s3',
  ),
  ...['', ' ', '\t', '\r\n', '\u0000', '\u007F', '\u202E', '\uFEFF', '\uFFFD', '\uD800', '\uDC00', 'a  b'],
  ...[
    'text/html;\tcharset=x',
    '$'.concat('{filename}'),
    'n'.repeat(300),
    'n'.repeat(5000),
    '漢'.repeat(1500),
  ],
]

const rawJson = words(
  '1e400 -1e400 -0 1e-400 NaN 0x1 "\\u0000" {"__proto__":{"polluted":1}} {"a":1,"a":2} [[[',
)
const manyEntries = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`k${index}`, 'x']))

export const oddJson: Json[] = [
  ...[null, true, false, 0, 1, -1, 1.5, 2 ** 31, 2 ** 53, 53_687_091_200_000, 1e300],
  ...[...rawJson, `${'['.repeat(1000)}${']'.repeat(1000)}`].map((raw) => RAW + raw),
  ...[[], {}, [null], [[]], [{}], { length: 1 }, { 0: 'a' }, { toString: 'x' }, { valueOf: 1 }],
  measureless,
  ...[Array<number>(200).fill(1), manyEntries],
]

export const methods = words('GET HEAD POST PUT DELETE OPTIONS PATCH PROPFIND TRACE get X')

export const headerNames = words(`
  content-type content-encoding content-length transfer-encoding expect connection upgrade te host range if-none-match
  origin sec-fetch-site access-control-request-method access-control-request-headers accept accept-encoding
  x-user x-request-id x-http-method-override x-forwarded-host x-forwarded-for x-forwarded-proto cookie authorization
  __proto__`)

export const headerValues: string[] = [
  ...words(
    'application/json application/JSON text/plain multipart/form-data gzip br deflate identity chunked',
  ),
  ...words(
    '100-continue close keep-alive websocket trailers https://www.example.com https://evil.example null',
  ),
  ...words(
    'cross-site same-origin POST 0 1 -1 99 1048577 4294967298 bytes=0- * "x" ada eve ada/ ../eve __proto__',
  ),
  ...[
    'application/json; charset=utf-16',
    'a, b',
    'a; b',
    'é',
    '\u0001',
    '\t',
    '',
    'n'.repeat(128),
    'n'.repeat(9000),
  ],
]
