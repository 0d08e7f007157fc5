// Somebody's test on a store of its own, which is gone afterwards.
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { expect } from 'vitest'

let read: string | undefined
let endpoint = ''

export async function yourTest(client: S3Client): Promise<void> {
  const object = { Bucket: 'media', Key: 'key' }
  await client.send(new PutObjectCommand({ ...object, Body: 'body' }))
  const { Body } = await client.send(new GetObjectCommand(object))
  read = await Body?.transformToString()
  const { protocol, hostname, port } = (await client.config.endpoint?.()) ?? {}
  endpoint = `${protocol}//${hostname}:${port}`
}

export async function check(): Promise<void> {
  expect(read).toBe('body')
  await expect(fetch(endpoint)).rejects.toThrow()
}
