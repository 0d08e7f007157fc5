// What the page should know before the user picks files.

import type { ConfigReply, QuotaLeft } from '../protocol.js'
import type { ResolvedLimits } from '../rules/limits.js'
import type { UploadRules } from '../service.js'

/** @param storageOrigins of the default bucket */
export function describeConfig(
  { types, extensions, metadataKeys, ...bounds }: ResolvedLimits,
  { multipartThreshold, checksum, singleUpload }: UploadRules,
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
    multipartThreshold,
    storageOrigins,
    checksum,
    singleUpload,
    ...(quota && { quota }),
  }
}
