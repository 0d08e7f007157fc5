// Compares the test file with its object: the server computes SHA-256 of what S3 has, and the page that of the file.
import { callApp } from '../page/call-app.js'
import { getTestFile } from '../unfinished/test-file.js'

/** @returns SHA-256 of both, hexadecimal @throws Error with a sentence for the user if they differ */
export async function compareWithS3(key: string): Promise<string> {
  const answer = await callApp(`/library/sha256?${new URLSearchParams({ key })}`)
  const { sha256 }: { sha256: string } = await answer.json()
  const digest = await crypto.subtle.digest('SHA-256', await getTestFile().arrayBuffer())
  const own = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (sha256 !== own) throw new Error('The object on S3 differs from the file.')
  return sha256
}
