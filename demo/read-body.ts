// Reads and checks the JSON bodies of the demo's own routes.
import { bodyParser } from '@koa/bodyparser'
import type { Context } from 'koa'
import type { z } from 'zod'

const parseJson = bodyParser({ enableTypes: ['json'], jsonLimit: '4kb' })

/** @throws 400 if the schema does not match, 415 if the type is not JSON, 413 above 4 KB. */
export async function readBody<T>(ctx: Context, schema: z.ZodType<T>): Promise<T> {
  // Forms of other sites cannot send this type without a preflight.
  if (!ctx.is('application/json')) ctx.throw(415, 'The body must be application/json.')
  await parseJson(ctx, async () => {})
  const { success, data, error } = schema.safeParse(ctx.request.body)
  if (!success)
    ctx.throw(400, error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
  return data
}
