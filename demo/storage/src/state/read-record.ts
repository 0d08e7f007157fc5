// Reads a record, and distinguishes an unusable one from a failure of the store itself.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { z } from 'zod'

/** The file's content is not what the store could have written. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
}

/**
 * At a start only, when nobody waits for anything else: many small files are read several times as fast as with promises.
 * @throws UnreadableError
 */
export function readRecord<T>(file: string, schema: z.ZodType<T>): T {
  const name = basename(file)
  const text = readText(file)
  if (text === '') throw new UnreadableError(`${name} is empty`)
  const record = schema.safeParse(parseJson(text))
  if (!record.success) throw new UnreadableError(`${name} is not a record of its kind, or was cut short`)
  return record.data
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UnreadableError(`${basename(file)} cannot be read (${code})`)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
