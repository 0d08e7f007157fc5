// A function that a timer calls.
import type { PartwayMiddleware, PartwayOptions } from '@partway/koa'
import { prepareFinishing } from '../../code/finishing.js'

const prepared = await prepareFinishing()
let uploads: PartwayMiddleware | undefined

export const { options, secrets } = prepared
export const partway = (more: PartwayOptions): PartwayMiddleware => {
  uploads = prepared.partway(more)
  return uploads
}

export async function check(): Promise<void> {
  await uploads?.finish()
  await prepared.check()
}
