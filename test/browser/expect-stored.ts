// What every upload through the demo has to end in: the object that the page lists is the file, and nothing is left over.
import type { S3Client } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { unfinishedUploads } from '../support/bucket-contents.js'
import { type SourceFile, sha256OfObject } from '../support/files.js'
import type { DemoPage } from './demo-page.js'

/** @param client may read the bucket */
export async function expectStored(
  demo: DemoPage,
  file: SourceFile,
  { client, bucket }: { client: S3Client; bucket: string },
): Promise<void> {
  const [entry] = (await demo.stored()).filter(({ name }) => name === file.name)
  const key = decodeURIComponent(new URL(entry?.url ?? '').pathname.slice(`/${bucket}/`.length))
  expect(await sha256OfObject(client, bucket, key)).toBe(file.sha256)
  expect(await unfinishedUploads(client, bucket)).toEqual([])
}

/**
 * S3 had some of the parts; none of these is sent, others are, and none twice. Whether any is missing shows in the object:
 * what was on its way when S3 was asked can have arrived by itself.
 */
export function expectOnlyMissing(sent: number[], kept: number[]): void {
  expect(kept).not.toEqual([])
  expect(sent).not.toEqual([])
  expect(sent.filter((partNumber) => kept.includes(partNumber))).toEqual([])
  expect(new Set(sent).size).toBe(sent.length)
}

/** The numbers of a file's parts without those that are `kept`. */
export function otherParts(partCount: number, kept: number[]): number[] {
  return Array.from({ length: partCount }, (_, index) => index + 1).filter((part) => !kept.includes(part))
}
