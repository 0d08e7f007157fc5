// What the bucket keeps of an upload: nothing that its readers could read, and only with the app's secrets more.
import { randomBytes } from 'node:crypto'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { CompactEncrypt } from 'jose'
import { expect, test } from 'vitest'
import type { Entry } from '../../../server/core/src/journal/entry.js'
import { openEntry, sealEntry } from '../../../server/core/src/journal/seal-entry.js'
import { deriveKeys, type SecretKey } from '../../../server/core/src/tickets/secrets.js'
import { journalKeys } from '../../support/bucket-contents.js'
import { openS3 } from '../../support/s3-under-test.js'
import { multipart, open, single } from '../fake-service.js'
import { openApp } from '../native-client.js'

const { journal: keys } = await deriveKeys(['a secret of thirty-two characters or more'])
const [key] = keys
const { journal: newKeys } = await deriveKeys(['another secret of thirty-two characters'])

const path = 'place/owner/m-file-decision'
const sealedOf = (content: Entry, by = key) => sealEntry(content, path, by)
const opened = (text: string, by: readonly SecretKey[] = keys) => openEntry(text, path, by)
const withoutEntry = <T extends { entry: unknown }>({ entry: _, ...ticket }: T) => ticket
const described = { name: 'film.mp4', type: 'video/mp4', metadata: { album: 'Bär' } }
const entry: Entry = {
  mount: 'a mount',
  browser: 'a browser',
  idempotencyKey: '0123456789abcdef',
  joined: true,
  uploads: [
    { ...described, ticket: withoutEntry({ ...multipart, checksum: 'crc64nvme' as const }) },
    null,
    { ...described, ticket: withoutEntry({ ...single, md5: 'AAAA' }) },
    { ...described, ticket: withoutEntry(open) },
    { ...described, ticket: { ...withoutEntry(single), kind: 'unseen' } },
  ],
}

test('an entry of every kind comes back as it was', async () => {
  expect(await opened(await sealedOf(entry))).toEqual(entry)
  const least = { mount: '', uploads: [] }
  expect(await opened(await sealedOf(least))).toEqual(least)
})

test('secrets rotate: the first seals, all open; another opens nothing', async () => {
  const before = await sealedOf(entry)
  const after = await sealedOf(entry, newKeys[0])
  const rotated = [...newKeys, ...keys]
  expect([await opened(before, rotated), await opened(after, rotated)]).toEqual([entry, entry])
  expect([await opened(before, newKeys), await opened(after)]).toEqual([undefined, undefined])
})

test('one that was changed anywhere, cut or put together of two does not open', async () => {
  const sealed = await sealedOf(entry)
  const other = await sealedOf({ ...entry, uploads: [] })
  for (let at = 0; at < sealed.length; at += 7) {
    // The last digit of a part may hold bits that mean nothing.
    if (/^.(\.|$)/.test(sealed.slice(at))) continue
    const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
    expect(await opened(changed), `at ${at}`).toBeUndefined()
  }
  const [header, ...ours] = sealed.split('.')
  const theirs = other.split('.')
  const mixed = [header, ours[0], theirs[2], ours[2], ours[3]].join('.')
  for (const wrong of ['', 'x', sealed.slice(0, -4), `${sealed}.x`, mixed]) {
    expect(await opened(wrong)).toBeUndefined()
  }
})

test('one that was copied to another path does not open there', async () => {
  const sealed = await sealedOf(entry)
  expect(await openEntry(sealed, `${path}~`, keys)).toBeUndefined()
  expect(await openEntry(sealed, 'place/another-owner/m-file-decision', keys)).toBeUndefined()
})

test('what is sealed with the right key, and is no entry of this version, is none', async () => {
  const seal = (content: string, enc = 'A256GCM', alg = 'dir', by: SecretKey | Uint8Array = key) =>
    new CompactEncrypt(new TextEncoder().encode(content)).setProtectedHeader({ alg, enc }).encrypt(by)
  const wrong = [{}, { mount: 'a', uploads: {} }, { mount: 'a', uploads: [{}] }]
  const contents = [
    '',
    '{',
    '[]',
    '{}',
    JSON.stringify(entry),
    ...wrong.map((each) => JSON.stringify({ path, entry: each })),
  ]
  for (const content of contents) expect(await opened(await seal(content)), content).toBeUndefined()
  const good = JSON.stringify({ path, entry })
  expect(await opened(await seal(good))).toEqual(entry)
  // By another way of encryption.
  expect(await opened(await seal(good, 'A128GCM', 'dir', randomBytes(16)))).toBeUndefined()
  expect(await opened(await seal(good, 'A256GCM', 'A256KW', randomBytes(32)))).toBeUndefined()
})

test('the bucket tells neither who uploads nor what', async () => {
  const s3 = await openS3()
  const { bucket, host, create } = await openApp(s3, { owner: () => 'ada@example.com' })
  const file = { name: 'Kündigung.pdf', type: 'application/pdf', metadata: { album: 'confidential' } }
  const idempotencyKey = 'of-this-very-file'
  await create({ ...file, size: 6 * 1024 ** 2, idempotencyKey }, { ...file, size: 3, idempotencyKey })
  const paths = await journalKeys(s3.client, bucket)
  expect(paths).toHaveLength(2)
  for (const path of paths) {
    const { Body, Metadata, ContentType } = await s3.client.send(
      new GetObjectCommand({ Bucket: bucket, Key: path }),
    )
    const parts = ((await Body?.transformToString()) ?? '').split('.')
    const told = parts.map((part) => Buffer.from(part, 'base64url').toString()).join()
    expect([parts.length, Metadata, ContentType]).toEqual([5, {}, 'application/jose'])
    for (const shown of [path, parts.join(), told]) {
      expect(shown).not.toMatch(/ada|example|ndigung|pdf|album|confidential|very-file/)
    }
  }
  await host.close()
  await s3.close()
})
