// Misused options are told at construction, in words that name the option, its bound and what came.
import { S3Client } from '@aws-sdk/client-s3'
import { type PartwayOptions, partway } from '@partway/koa'
import { expect, test } from 'vitest'
import { secrets } from './serve.js'

const good = { bucket: 'media', region: 'eu-west-1', owner: 'anonymous', secrets } as const

const misuses: [object, string][] = [
  [{ bucket: undefined }, 'option bucket: Invalid input: expected string, received undefined, got undefined'],
  [{ bucket: '' }, 'option bucket: Too small'],
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
  [{ keyPrefix: '/in/' }, 'option keyPrefix: must not start with a slash, got "/in/"'],
  [{ keyPrefix: 'a/../' }, 'option keyPrefix: must not hold . or .. segments'],
  [{ keyPrefix: 'a'.repeat(801) }, 'option keyPrefix: must have at most 800 bytes'],
  [{ key: 'photos' }, 'option key: must be a function, got "photos"'],
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

test('no options at all', () => {
  expect(() => partway(undefined as unknown as PartwayOptions)).toThrow(TypeError)
})

test('a secret that is too short is not told', () => {
  expect(() => partway({ ...good, secrets: ['hunter2'] })).toThrow(/^((?!hunter2).)*$/s)
})
