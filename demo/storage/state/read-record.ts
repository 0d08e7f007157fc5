// Reads a record, and distinguishes an unusable one from a failure of the store itself.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { z } from 'zod'

/** The file's content is not what the store could have written. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
}

/** @throws UnreadableError */
export async function readRecord<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const name = basename(file)
  const text = await readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new UnreadableError(`${name} cannot be read (${code})`)
  })
  if (text === '') throw new UnreadableError(`${name} is empty`)
  const record = schema.safeParse(parseJson(text))
  if (!record.success) throw new UnreadableError(`${name} is not a record of its kind, or was cut short`)
  return record.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
