// What the page should know before the user picks files.

import type { ConfigReply, QuotaLeft } from '../protocol.js'
import type { ResolvedLimits } from '../rules/limits.js'
import { USUAL_PART_SIZE } from '../rules/plan-parts.js'
import type { UploadRules } from '../service.js'

/** @param storageOrigins of the default bucket */
export function describeConfig(
  { types, extensions, metadataKeys, ...bounds }: ResolvedLimits,
  { partSize, connections, multipartThreshold, checksum, singleUpload }: UploadRules,
  storageOrigins: string[],
  quota: QuotaLeft | undefined,
): ConfigReply {
  return {
    limits: {
      ...bounds,
      types: types ?? null,
      extensions: extensions ?? null,
      metadataKeys: metadataKeys ?? null,
    },
    ...(partSize === undefined ? { partSize: USUAL_PART_SIZE, partsAtOnce: connections } : { partSize }),
    multipartThreshold,
    storageOrigins,
    checksum,
    singleUpload,
    ...(quota && { quota }),
  }
}
