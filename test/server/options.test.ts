// Misused options are told at construction, in words that name the option, its bound and what came.
import { S3Client } from '@aws-sdk/client-s3'
import { type PartwayOptions, partway } from '@partway/koa'
import { expect, test } from 'vitest'
import { secrets } from './serve.js'

const good = { bucket: 'media', region: 'eu-west-1', owner: 'anonymous', secrets } as const

const misuses: [object, string][] = [
  [{ bucket: undefined }, 'option bucket: must be a name or a list of names, got undefined'],
  [{ bucket: '' }, 'option bucket: Too small'],
  [
    { bucket: 'media--use1-az4--x-s3' },
    'option bucket: must not be a directory bucket (S3 Express One Zone): S3 has no CORS for them, so pages cannot upload there, ' +
      'got "media--use1-az4--x-s3"',
  ],
  [{ bucket: 'media--use1-az4--xa-s3' }, 'option bucket: must not be a directory bucket'],
  [{ bucket: ['media', 'media--use1-az4--x-s3'] }, 'option bucket.1: must not be a directory bucket'],
  [
    { bucket: 'arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap' },
    'option bucket: must not be a Multi-Region Access Point: S3 takes no signatures but SigV4A there, give the bucket itself, got "arn:',
  ],
  [{ bucket: 'mfzwi23gnjvgw.mrap' }, 'option bucket: must not be a Multi-Region Access Point'],
  [{ bucket: [] }, 'option bucket: must be a name or a list of names'],
  [
    { owner: undefined },
    "option owner: must be a function that names who uploads, or 'anonymous' for public uploads",
  ],
  [{ owner: 'ada' }, 'option owner: must be a function that names who uploads'],
  [{ partsize: 1 }, 'there is no option partsize'],
  [{ partSize: 1024 }, 'option partSize: Too small: expected number to be >=5242880, got 1024'],
  [
    { partSize: 6 * 1024 ** 3 },
    'option partSize: Too big: expected number to be <=5368709120, got 6442450944',
  ],
  [{ partSize: 5.5e7 + 0.5 }, 'option partSize'],
  [{ partSize: '8 MiB' }, 'option partSize: Invalid input: expected number, received string, got "8 MiB"'],
  [{ multipartThreshold: -1 }, 'option multipartThreshold: Too small: expected number to be >=0, got -1'],
  [{ singleUpload: 'post' }, 'option singleUpload: Invalid option: expected one of "form"|"put", got "post"'],
  [
    { urlExpiresInSeconds: 604_801 },
    'option urlExpiresInSeconds: Too big: expected number to be <=604800, got 604801',
  ],
  [{ urlExpiresInSeconds: 0 }, 'option urlExpiresInSeconds: Too small: expected number to be >=1, got 0'],
  [{ ticketExpiresInSeconds: Number.NaN }, 'option ticketExpiresInSeconds'],
  [{ s3TimeoutMs: 99 }, 'option s3TimeoutMs: Too small'],
  [{ path: 'uploads' }, 'option path: must start with a slash and not end with one, got "uploads"'],
  [{ path: '/uploads/' }, 'option path: must start with a slash and not end with one'],
  [{ name: '' }, 'option name: Too small: expected string to have >=1 characters, got ""'],
  [{ name: 'a'.repeat(129) }, 'option name: Too big: expected string to have <=128 characters'],
  [{ companion: 'yes' }, 'option companion: '],
  [{ keyPrefix: '/in/' }, 'option keyPrefix: must not start with a slash, got "/in/"'],
  [{ keyPrefix: 'a/../' }, 'option keyPrefix: must not hold . or .. segments'],
  [{ keyPrefix: 'a'.repeat(823) }, 'option keyPrefix: must have at most 822 bytes'],
  [{ authorize: true }, 'option authorize: must be a function, got true'],
  [{ onComplete: 'log' }, 'option onComplete: must be a function, got a string'],
  [{ limits: new Map([['maxFileSize', 1]]) }, 'option limits: must be a plain object, got an object'],
  [{ object: new Map() }, 'option object: must be a plain object, got an object'],
  [{ limits: { maxSize: 1 } }, 'there is no option limits.maxSize'],
  [
    { limits: { maxFileSize: -1 } },
    'option limits.maxFileSize: Too small: expected number to be >=0, got -1',
  ],
  [{ limits: { types: ['video'] } }, 'option limits.types.0: must be like video/mp4 or image/*, got "video"'],
  [{ limits: { extensions: ['mp4'] } }, 'option limits.extensions.0: must start with a dot, got "mp4"'],
  [{ limits: { maxFilesPerRequest: 101 } }, 'option limits.maxFilesPerRequest: Too big'],
  [{ limits: { maxMetadataBytes: 2003 } }, 'option limits.maxMetadataBytes: Too big'],
  [{ quota: {} }, 'option quota: needs files, bytes or unfinished, got an object'],
  [{ quota: { files: 0 } }, 'option quota.files: Too small: expected number to be >=1, got 0'],
  [{ quota: { files: 1, redis: 'redis://localhost' } }, 'option quota.redis'],
  [
    { quota: { files: 1, store: { reserve() {} } } },
    'option quota.store: must have the functions reserve, finish',
  ],
  [{ quota: { files: 1, name: 'a:b' } }, 'option quota.name: must have at most 64 letters'],
  [{ object: { acl: 'Public Read' } }, 'option object.acl'],
  [{ object: { cacheControl: 'a\r\nb' } }, 'option object.cacheControl: must be printable ASCII'],
  [{ object: { tags: { 'a<b': '' } } }, 'option object.tags.a<b'],
  [{ object: { tags: Object.create({ a: '1' }) } }, 'option object.tags: must be a plain object'],
  [{ allowedOrigins: ['www.example.com'] }, 'option allowedOrigins.0: must be an origin such as'],
  [{ allowedOrigins: ['https://www.example.com/'] }, 'option allowedOrigins.0: must be an origin such as'],
  [{ allowedOrigins: ['*'] }, 'option allowedOrigins.0: must be an origin such as'],
  [
    { verifyContent: true, multipartThreshold: 1024 },
    'option multipartThreshold must be 0 with verifyContent or onVerify',
  ],
  [{ unfinished: true }, 'there is no option unfinished'],
  [{ journal: '.partway/' }, 'option journal: Invalid input: expected object, received string'],
  [{ journal: { folder: '.partway/' } }, 'there is no option journal.folder'],
  [{ journal: { bucket: '' } }, 'option journal.bucket: Too small'],
  [{ journal: { bucket: 'media--use1-az4--x-s3' } }, 'option journal.bucket: must not be a directory bucket'],
  [
    { journal: { bucket: 'arn:aws:s3:eu-west-1:123456789012:accesspoint/a' } },
    'option journal.bucket: must be the name',
  ],
  ...['', '.partway', '/.partway/', '.partway/*/', '.partwäy/'].map((prefix): [object, string] => [
    { journal: { prefix } },
    'option journal.prefix: must have letters, digits and !_./- only, no slash at its start and one at its end',
  ]),
  [{ journal: { prefix: `${'a'.repeat(240)}/` } }, 'option journal.prefix: must have at most 240 characters'],
  ...[
    { keyPrefix: '.partway/' },
    { keyPrefix: '.partway/in/' },
    { keyPrefix: '.part' },
    { journal: { prefix: 'journal/' } },
    { journal: { prefix: 'in/a/b/' }, keyPrefix: 'in/' },
    { journal: { prefix: '.in/a/' }, keyPrefix: '.in/' },
    { journal: { prefix: 'in/', bucket: 'more' }, bucket: ['media', 'more'] },
  ].map((misuse): [object, string] => [
    misuse,
    'option journal.prefix must not be where keys of uploads are',
  ]),
  ...[9, -1, 3601, 10.5, '60'].map((finishEverySeconds): [object, string] => [
    { finishEverySeconds },
    'option finishEverySeconds: ',
  ]),
  [{ key: 'photos' }, 'option key: must be a function, got a string'],
  [{ endpoint: 'localhost:9000' }, 'option endpoint: Invalid URL, got "localhost:9000"'],
  [{ client: {} }, 'option client'],
  [
    { client: new S3Client({}) },
    'give either client, or region, endpoint, credentials and forcePathStyle, not both',
  ],
  [
    { secrets: 'one long secret, over thirty-two chars' },
    'option secrets must be a list of strings, got string',
  ],
  [{ secrets: [] }, 'option secrets must hold at least one secret, got an empty list'],
  [{ secrets: ['short'] }, 'option secrets[0] must have at least 32 characters, got 5'],
  [{ secrets: [...secrets, 7] }, 'option secrets[1] must be a string, got number'],
]

test.each(misuses)('%o', (misuse, message) => {
  const construct = () => partway({ ...good, ...misuse } as PartwayOptions)
  expect(construct).toThrow(TypeError)
  expect(construct).toThrow(`partway(): ${message}`)
})

test.each([
  {},
  { keyPrefix: 'in/' },
  { keyPrefix: 'in/', journal: { prefix: 'in/.partway/' } },
  { keyPrefix: 'in/', journal: { prefix: 'journal/' } },
  { journal: { prefix: 'journal/', bucket: 'more' } },
])('a journal that no key of an upload can be in, nor it among them: %o', (options) => {
  expect(() => partway({ ...good, finishEverySeconds: 0, ...options })).not.toThrow()
})

test('no options at all', () => {
  expect(() => partway(undefined as unknown as PartwayOptions)).toThrow(TypeError)
})

const url = 'redis://ada:hunter2@localhost'

test.each([
  { quota: { files: 1, store: url } },
  { quota: { files: 1, store: () => url } },
  { quota: { files: 1, redis: url } },
  { quota: url },
  { credentials: url },
  { client: url },
  { sts: url },
  { allowedOrigins: url },
  { authorize: url },
])('text where an object, a list or a function was wanted is not told: %o', (misuse) => {
  const construct = () => partway({ ...good, ...misuse } as unknown as PartwayOptions)
  expect(construct).toThrow(/^partway\(\): option ((?!hunter2).)*, got a (string|function)$/s)
})

test.each([
  [{ hosts: ['https://example.com'] }, 'got "https://example.com"'],
  [{ allowedOrigins: ['www.example.com'] }, 'got "www.example.com"'],
  [{ keyPrefix: '/in/' }, 'got "/in/"'],
  [{ companion: 'yes' }, 'got "yes"'],
  [{ authorize: 7 }, 'got 7'],
])('other text, and any number, is told: %o', (misuse, message) => {
  expect(() => partway({ ...good, ...misuse } as unknown as PartwayOptions)).toThrow(message)
})

test('a secret that is too short is not told', () => {
  expect(() => partway({ ...good, secrets: ['hunter2'] })).toThrow(/^((?!hunter2).)*$/s)
})
