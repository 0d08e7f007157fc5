// Whether the options of the running middleware fit the store.
import prettyBytes from 'pretty-bytes'
import type { Check } from '../../check.js'
import type { Probe } from '../../probe.js'
import { failed, ok, skipped } from '../../report.js'
import type { SeenConfig } from './call-app.js'
import type { FoundApp } from './find-app.js'

export function appConfig(find: () => Promise<FoundApp>): Check {
  return {
    name: 'app config',
    needs: ['app health'],
    async run(probe) {
      const { config: seen, refusal } = (await find()).config
      if (!seen)
        return skipped(`not shown (${refusal?.code}): sign in with --app-header or the option \`appHeaders\``)
      const fault = findFault(seen, probe, new URL(await probe.bucketUrl()).origin)
      if (fault) return failed(...fault)
      return ok(
        `files above ${prettyBytes(seen.multipartThreshold, { binary: true })} in parts, checksum ${seen.checksum}, small files by ${seen.singleUpload}, to ${seen.storageOrigins.join(', ')}`,
      )
    },
  }
}

/**
 * @param origin of the bucket that the doctor looked at
 * @returns what was seen, and the fix
 */
function findFault(
  { checksum, singleUpload, storageOrigins }: SeenConfig,
  { learnt }: Probe,
  origin: string,
): [string, string] | undefined {
  if (!storageOrigins.includes(origin)) {
    return [
      `its pages upload to ${storageOrigins.join(', ')}, and the doctor looked at ${origin}`,
      "Run the doctor with the app's bucket, region and endpoint (--bucket, --region, --endpoint, --path-style), or correct the app's options.",
    ]
  }
  // Empty: the checksums could not be tried.
  if (checksum !== 'none' && learnt.verified.size > 0 && !learnt.verified.has(checksum)) {
    return [
      `parts are sent with ${checksum}, which the store does not verify`,
      `Set the option \`checksum\` to one of: ${[...learnt.verified].join(', ')}.`,
    ]
  }
  if (singleUpload === 'form' && learnt.takesForms === false) {
    return ['small files go as forms, which the store does not take', "Set the option `singleUpload: 'put'`."]
  }
  return undefined
}
