// Whether the options of the running middleware fit the store.
import prettyBytes from 'pretty-bytes'
import { MAX_PART_SIZE, MIN_PART_SIZE } from '../../../../rules/plan-parts.js'
import type { Check } from '../../check.js'
import type { Probe } from '../../probe.js'
import { failed, ok, skipped } from '../../report.js'
import type { AppReply, SeenConfig } from './call-app.js'

export function appConfig(config: () => Promise<AppReply>): Check {
  return {
    name: 'app config',
    needs: ['app mounted'],
    async run(probe) {
      const { config: seen, refusal } = await config()
      if (!seen)
        return skipped(`not shown (${refusal?.code}): sign in with --app-header or the option \`appHeaders\``)
      const fault = findFault(seen, probe)
      if (fault) return failed(...fault)
      return ok(
        `parts of ${prettyBytes(seen.partSize, { binary: true })}, checksum ${seen.checksum}, small files by ${seen.singleUpload}`,
      )
    },
  }
}

/** What was seen, and the fix. */
function findFault(
  { partSize, checksum, singleUpload }: SeenConfig,
  { learnt }: Probe,
): [string, string] | undefined {
  if (partSize < MIN_PART_SIZE || partSize > MAX_PART_SIZE) {
    return [
      `parts of ${partSize} bytes are outside S3's 5 MiB to 5 GiB`,
      'Correct the option `partSize`; something between changes the reply.',
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
