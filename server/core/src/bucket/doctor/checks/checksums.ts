// Which part checksums the store verifies: sends each right and wrong.
import { createHash } from 'node:crypto'
import type { ChecksumKind } from '../../../protocol.js'
import { CRC64NVME } from '../../../rules/checksums.js'
import type { Check } from '../check.js'
import { nameFailure } from '../explain-failure.js'
import { nameReply, type PageReply } from '../page.js'
import type { Probe } from '../probe.js'
import { type Finding, failed, info, ok } from '../report.js'
import { type PartHeaders, sendPart } from '../send-part.js'

// The usual test input for checksums, so that the values can be looked up:
// https://reveng.sourceforge.io/crc-catalogue/all.htm (CRC-64/NVME).
const CONTENT = Buffer.from('123456789')
const values: Readonly<Record<ChecksumKind, Buffer>> = {
  md5: createHash('md5').update(CONTENT).digest(),
  crc64nvme: Buffer.from('ae8b14860a799888', 'hex'),
}

export const checksumChecks: Check[] = (['md5', 'crc64nvme'] as const).map((kind) => ({
  name: `checksum ${kind}`,
  needs: ['multipart'],
  run: (probe) => checkKind(probe, kind),
}))

async function checkKind(probe: Probe, kind: ChecksumKind): Promise<Finding> {
  const right = values[kind]
  const wrong = Buffer.from(right.map((byte) => byte ^ 1))
  const accepted = await send(probe, kind, right)
  if (typeof accepted === 'string') return notSupported(kind, `an upload with it is refused (${accepted})`)
  if (accepted.status !== 200) return notSupported(kind, `a right one is refused (${nameReply(accepted)})`)
  const refused = await send(probe, kind, wrong)
  if (typeof refused === 'string') return notSupported(kind, `an upload with it is refused (${refused})`)
  if (refused.status === 200) return notSupported(kind, 'ignored: a wrong one is taken')
  probe.learnt.verified.add(kind)
  return ok(`verified: a wrong one is refused (${nameReply(refused)})`)
}

function notSupported(kind: ChecksumKind, seen: string): Finding {
  if (kind !== 'md5') return info(`${seen}; do not set the option \`checksum: '${kind}'\` here`)
  return failed(
    `${seen}, so parts that arrive damaged are not noticed`,
    "Set the option `checksum` to 'crc64nvme' if the next step shows it as verified, otherwise to 'none'.",
  )
}

/** @returns the reply to the part, or why there was no upload */
async function send(probe: Probe, kind: ChecksumKind, value: Buffer): Promise<PageReply | string> {
  const { s3, traces } = probe
  try {
    const upload = await traces.upload(s3, `checksum-${kind}`, kind)
    return await sendPart(probe, upload, CONTENT, headersOf(kind, value.toString('base64')))
  } catch (error) {
    return nameFailure(error)
  }
}

/** The headers as the middleware signs and the plugin sends them. */
function headersOf(kind: ChecksumKind, value: string): PartHeaders {
  return kind === 'md5' ? { unsigned: { 'content-md5': value } } : { signed: { [CRC64NVME.header]: value } }
}
