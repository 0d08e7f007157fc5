// An upload's place in its owner's quota, which a failed creation gives back.
import type { Service } from '../service.js'

/** @throws PartwayError `quota_exceeded`, `too_many_unfinished`, `quota_unavailable`, or what `create` throws */
export async function withReservation<Reply>(
  { quota }: Service,
  { owner, id, bytes }: { owner: string; id: string; bytes: number },
  create: () => Promise<Reply>,
): Promise<Reply> {
  await quota.reserve(owner, id, bytes)
  try {
    return await create()
  } catch (error) {
    // The page got no grant, so nothing can come of it.
    await quota.release(owner, id)
    throw error
  }
}
