// Whether the store honours two headers of CompleteMultipartUpload that not every store supports.
import { CompleteMultipartUploadCommand, type CompleteMultipartUploadCommandInput } from '@aws-sdk/client-s3'
import type { Check } from '../check.js'
import { nameFailure } from '../explain-failure.js'
import type { Probe } from '../probe.js'
import { info, ok } from '../report.js'
import { sendPart } from '../send-part.js'
import { PROBE_OBJECT } from './permissions.js'

const PART = Buffer.from('A part of partway doctor.')

export const ifNoneMatch: Check = {
  name: 'If-None-Match',
  needs: ['multipart'],
  async run(probe) {
    // The permission checks have already created this object.
    const refusal = await complete(probe, PROBE_OBJECT, { IfNoneMatch: '*' })
    return refusal
      ? ok(`honoured at completion: an object that is there is not replaced (${refusal})`)
      : info('ignored at completion: nothing to do, because no two uploads get the same key')
  },
}

export const objectSize: Check = {
  name: 'object size',
  needs: ['multipart'],
  async run(probe) {
    const refusal = await complete(probe, 'wrong-size', { MpuObjectSize: PART.length + 1 })
    return refusal
      ? ok(`honoured at completion: another size than that of the parts is refused (${refusal})`)
      : info('ignored at completion: nothing to do, because the middleware compares the sizes itself')
  },
}

/** @returns the refusal; `undefined` if it completed */
async function complete(
  probe: Probe,
  name: string,
  claims: Partial<CompleteMultipartUploadCommandInput>,
): Promise<string | undefined> {
  const { client, s3, traces, timeLimit } = probe
  const upload = await traces.upload(s3, name)
  await sendPart(probe, upload, PART)
  const [part] = (await s3.listParts(upload)) ?? []
  const command = new CompleteMultipartUploadCommand({
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.uploadId,
    MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part?.etag }] },
    ...claims,
  })
  return await client.send(command, { abortSignal: timeLimit() }).then(() => undefined, nameFailure)
}
